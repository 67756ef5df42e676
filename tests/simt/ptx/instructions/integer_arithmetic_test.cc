#include <limits>

#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"
#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using Int = std::int32_t;
using Uint = std::uint32_t;
using Long = std::int64_t;
using Ulong = std::uint64_t;
constexpr Int kLeast = std::numeric_limits<Int>::min();
constexpr Int kMost = std::numeric_limits<Int>::max();

TEST(PtxIntegerArithmetic, AddsAndSubtractsModulo) {
  EXPECT_EQ(Evaluate<Int>("add.s32", kMost, 1), kLeast);
  EXPECT_EQ(Evaluate<Int>("sub.s32", kLeast, 1), kMost);
  EXPECT_EQ(Evaluate<std::uint16_t>("add.u16", std::uint16_t{0xFFFF}, std::uint16_t{2}), 1);
  EXPECT_EQ(Evaluate<Long>("sub.s64", Long{0}, Long{1} << 40), -(Long{1} << 40));
}

TEST(PtxIntegerArithmetic, MultipliesLowHighAndWide) {
  EXPECT_EQ(Evaluate<Int>("mul.lo.s32", 0x10001, 0x10001), 0x20001);
  EXPECT_EQ(Evaluate<Int>("mul.hi.s32", -2, kMost), -1);
  EXPECT_EQ(Evaluate<Uint>("mul.hi.u32", Uint{0xFFFFFFFF}, Uint{0xFFFFFFFF}), 0xFFFFFFFEU);
  EXPECT_EQ(Evaluate<Ulong>("mul.hi.u64", ~Ulong{0}, ~Ulong{0}), ~Ulong{0} - 1);
  EXPECT_EQ(Evaluate<Long>("mul.hi.s64", Long{-1}, Long{5}), -1);
  EXPECT_EQ(Evaluate<Long>("mul.wide.s32", -3, kMost), Long{-3} * kMost);
  EXPECT_EQ(Evaluate<Ulong>("mul.wide.u32", Uint{0xFFFFFFFF}, Uint{2}), 0x1FFFFFFFEU);
  EXPECT_EQ(Evaluate<Int>("mul.wide.s16", std::int16_t{-300}, std::int16_t{300}), -90000);
}

TEST(PtxIntegerArithmetic, MultipliesAndAdds) {
  EXPECT_EQ(Evaluate<Int>("mad.lo.s32", 5, -7, 1), -34);
  EXPECT_EQ(Evaluate<Int>("mad.hi.s32", kMost, 4, 10), 11);
  EXPECT_EQ(Evaluate<Long>("mad.wide.s32", -5, 7, Long{1} << 40), (Long{1} << 40) - 35);
}

TEST(PtxIntegerArithmetic, DividesTowardZero) {
  EXPECT_EQ(Evaluate<Int>("div.s32", -7, 2), -3);
  EXPECT_EQ(Evaluate<Int>("rem.s32", -7, 2), -1);
  EXPECT_EQ(Evaluate<Uint>("div.u32", Uint{0xFFFFFFFE}, Uint{2}), 0x7FFFFFFFU);
  EXPECT_EQ(Evaluate<Ulong>("rem.u64", ~Ulong{0}, Ulong{10}), 5U);
  EXPECT_EQ(Evaluate<Int>("div.s32", kLeast, -1), kLeast);
  EXPECT_EQ(Evaluate<Int>("rem.s32", kLeast, -1), 0);
  EXPECT_THROW(Evaluate<Int>("div.s32", 1, 0), Fault);
  EXPECT_THROW(Evaluate<Uint>("rem.u32", Uint{1}, Uint{0}), Fault);
}

TEST(PtxIntegerArithmetic, ComparesBySign) {
  EXPECT_EQ(Evaluate<Int>("min.s32", -1, 1), -1);
  EXPECT_EQ(Evaluate<Uint>("min.u32", Uint{0xFFFFFFFF}, Uint{1}), 1U);
  EXPECT_EQ(Evaluate<Long>("max.s64", Long{-5}, Long{3}), 3);
  EXPECT_EQ(Evaluate<Ulong>("max.u64", ~Ulong{4}, Ulong{3}), ~Ulong{4});
}

TEST(PtxIntegerArithmetic, NegatesAndTakesMagnitudes) {
  EXPECT_EQ(Evaluate<Int>("neg.s32", 5), -5);
  EXPECT_EQ(Evaluate<Int>("neg.s32", kLeast), kLeast);
  EXPECT_EQ(Evaluate<Long>("abs.s64", Long{-9}), 9);
}

}  // namespace
}  // namespace shortlist::simt::ptx
