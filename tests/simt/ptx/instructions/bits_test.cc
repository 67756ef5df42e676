#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"

namespace shortlist::simt::ptx {
namespace {

using Int = std::int32_t;
using Uint = std::uint32_t;
using Ulong = std::uint64_t;

TEST(PtxBits, ComputesLogic) {
  EXPECT_EQ(Evaluate<Uint>("and.b32", 12U, 10U), 8U);
  EXPECT_EQ(Evaluate<Uint>("or.b32", 12U, 10U), 14U);
  EXPECT_EQ(Evaluate<Ulong>("xor.b64", Ulong{12}, ~Ulong{0}), ~Ulong{12});
  EXPECT_EQ(Evaluate<Uint>("not.b32", 0U), ~0U);
  EXPECT_TRUE(Evaluate<bool>("or.pred", true, false));
  EXPECT_FALSE(Evaluate<bool>("and.pred", true, false));
  EXPECT_FALSE(Evaluate<bool>("not.pred", true));
}

TEST(PtxBits, ShiftsBeyondTheWidth) {
  EXPECT_EQ(Evaluate<Uint>("shl.b32", 1U, 31U), 0x80000000U);
  EXPECT_EQ(Evaluate<Uint>("shl.b32", 1U, 32U), 0U);
  EXPECT_EQ(Evaluate<Ulong>("shl.b64", Ulong{1}, 40U), Ulong{1} << 40);
  EXPECT_EQ(Evaluate<Int>("shr.s32", -8, 1U), -4);
  EXPECT_EQ(Evaluate<Int>("shr.s32", -8, 99U), -1);
  EXPECT_EQ(Evaluate<Uint>("shr.u32", 0x80000000U, 31U), 1U);
  EXPECT_EQ(Evaluate<Ulong>("shr.u64", ~Ulong{0}, 64U), 0U);
}

TEST(PtxBits, ShiftsTwoRegistersAsOne) {
  EXPECT_EQ(Evaluate<Uint>("shf.l.wrap.b32", 0xF0000000U, 0x1U, 4U), 0x1FU);
  EXPECT_EQ(Evaluate<Uint>("shf.l.wrap.b32", 7U, 9U, 32U), 9U);
  EXPECT_EQ(Evaluate<Uint>("shf.l.clamp.b32", 7U, 9U, 40U), 7U);
  EXPECT_EQ(Evaluate<Uint>("shf.r.wrap.b32", 0x12345678U, 0x9U, 4U), 0x91234567U);
  EXPECT_EQ(Evaluate<Uint>("shf.r.clamp.b32", 7U, 9U, 40U), 9U);
}

TEST(PtxBits, LooksThreeBitsUp) {
  constexpr Uint kA = 0xF0F0F0F0;
  constexpr Uint kB = 0xCCCCCCCC;
  constexpr Uint kC = 0xAAAAAAAA;
  for (const Uint table : {0x00U, 0x80U, 0xFEU, 0x96U, 0x1BU}) {
    // With these operands every byte of the result is the table itself.
    EXPECT_EQ(Evaluate<Uint>("lop3.b32", kA, kB, kC, table), table * 0x01010101U);
  }
}

TEST(PtxBits, PermutesBytes) {
  EXPECT_EQ(Evaluate<Uint>("prmt.b32", 0x33221100U, 0x77665544U, 0x7610U), 0x77661100U);
  EXPECT_EQ(Evaluate<Uint>("prmt.b32", 0x00008000U, 0U, 0x0009U), 0x000000FFU);
}

TEST(PtxBits, CountsAndFinds) {
  EXPECT_EQ(Evaluate<Uint>("popc.b64", ~Ulong{0}), 64U);
  EXPECT_EQ(Evaluate<Uint>("clz.b32", 1U), 31U);
  EXPECT_EQ(Evaluate<Uint>("clz.b32", 0U), 32U);
  EXPECT_EQ(Evaluate<Uint>("brev.b32", 1U), 0x80000000U);
  EXPECT_EQ(Evaluate<Uint>("bfind.u32", 0x900U), 11U);
  EXPECT_EQ(Evaluate<Uint>("bfind.u32", 0U), ~0U);
  EXPECT_EQ(Evaluate<Uint>("bfind.s32", -1), ~0U);
  EXPECT_EQ(Evaluate<Uint>("bfind.s32", -5), 2U);
  EXPECT_EQ(Evaluate<Uint>("bfind.shiftamt.u32", 0x900U), 20U);
}

TEST(PtxBits, ExtractsAndInsertsFields) {
  EXPECT_EQ(Evaluate<Uint>("bfe.u32", 0xABCDU, 4U, 8U), 0xBCU);
  EXPECT_EQ(Evaluate<Int>("bfe.s32", 0xABCD, 4U, 8U), static_cast<Int>(0xFFFFFFBC));
  EXPECT_EQ(Evaluate<Int>("bfe.s32", static_cast<Int>(0x80000000), 28U, 8U), -8);
  EXPECT_EQ(Evaluate<Uint>("bfe.u32", ~0U, 0U, 0U), 0U);
  EXPECT_EQ(Evaluate<Uint>("bfi.b32", 0xFU, 0xAAAAU, 4U, 8U), 0xA0FAU);
}

}  // namespace
}  // namespace shortlist::simt::ptx
