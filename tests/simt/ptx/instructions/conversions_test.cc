#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"

namespace shortlist::simt::ptx {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
using Int = std::int32_t;
using Uint = std::uint32_t;
using Long = std::int64_t;
using Ulong = std::uint64_t;

TEST(PtxConversions, ChangeTheWidthOfIntegers) {
  EXPECT_EQ(Evaluate<Long>("cvt.s64.s32", -5), -5);
  EXPECT_EQ(Evaluate<Ulong>("cvt.u64.u32", 0xFFFFFFFFU), 0xFFFFFFFFU);
  EXPECT_EQ(Evaluate<Uint>("cvt.u32.u64", Ulong{0x123456789}), 0x23456789U);
  EXPECT_EQ(Evaluate<Int>("cvt.s32.s8", 0x80U), -128);
  EXPECT_EQ(Evaluate<Int>("cvt.u32.u16", std::uint16_t{0xFFFF}), 0xFFFF);
  EXPECT_EQ(Evaluate<Int>("cvt.sat.s8.s32", 300), 127);
  EXPECT_EQ(Evaluate<Uint>("cvt.sat.u32.s32", -3), 0U);
}

TEST(PtxConversions, RoundToIntegersInEveryMode) {
  EXPECT_EQ(Evaluate<Int>("cvt.rni.s32.f32", 2.5F), 2);
  EXPECT_EQ(Evaluate<Int>("cvt.rni.s32.f32", 3.5F), 4);
  EXPECT_EQ(Evaluate<Int>("cvt.rzi.s32.f32", -2.7F), -2);
  EXPECT_EQ(Evaluate<Int>("cvt.rmi.s32.f32", -2.1F), -3);
  EXPECT_EQ(Evaluate<Int>("cvt.rpi.s32.f32", 2.1F), 3);
  EXPECT_EQ(Evaluate<float>("cvt.rmi.f32.f32", -0.5F), -1.0F);
  EXPECT_EQ(Evaluate<double>("cvt.rni.f64.f64", 2.5), 2.0);
}

TEST(PtxConversions, SaturateAtTheEndsOfIntegers) {
  EXPECT_EQ(Evaluate<Int>("cvt.rzi.s32.f32", 3e9F), std::numeric_limits<Int>::max());
  EXPECT_EQ(Evaluate<Int>("cvt.rzi.s32.f32", -3e9F), std::numeric_limits<Int>::min());
  EXPECT_EQ(Evaluate<Uint>("cvt.rzi.u32.f32", -1.0F), 0U);
  EXPECT_EQ(Evaluate<Uint>("cvt.rzi.u32.f32", 5e9F), 0xFFFFFFFFU);
  EXPECT_EQ(Evaluate<Int>("cvt.rzi.s32.f32", kNan), 0);
  EXPECT_EQ(Evaluate<Long>("cvt.rzi.s64.f32", kNan), std::numeric_limits<Long>::min());
  EXPECT_EQ(Evaluate<Long>("cvt.rzi.s64.f32", 0x1p63F), std::numeric_limits<Long>::max());
}

TEST(PtxConversions, RoundFromIntegers) {
  constexpr Int kOdd = (1 << 24) + 1;
  EXPECT_EQ(Evaluate<float>("cvt.rn.f32.s32", kOdd), 0x1p24F);
  EXPECT_EQ(Evaluate<float>("cvt.rp.f32.s32", kOdd), 0x1p24F + 2);
  EXPECT_EQ(Evaluate<float>("cvt.rn.f32.u32", 0xFFFFFFFFU), 0x1p32F);
  EXPECT_EQ(Evaluate<float>("cvt.rz.f32.u32", 0xFFFFFFFFU), 0x1p32F - 256);
  EXPECT_EQ(Evaluate<double>("cvt.rn.f64.s64", Long{-7}), -7.0);
  EXPECT_EQ(Evaluate<float>("cvt.rn.f32.u64", ~Ulong{0}), 0x1p64F);
}

TEST(PtxConversions, BetweenFloatingPointFormats) {
  EXPECT_EQ(Evaluate<double>("cvt.f64.f32", 0.1F), static_cast<double>(0.1F));
  EXPECT_EQ(Evaluate<float>("cvt.rn.f32.f64", 0.1), 0.1F);
  EXPECT_EQ(Evaluate<float>("cvt.rm.f32.f64", 0.1), std::nextafter(0.1F, 0.0F));
  EXPECT_EQ(Evaluate<std::uint16_t>("cvt.rn.bf16.f32", 1.0F + 0x1p-8F), 0x3F80);
  EXPECT_EQ(Evaluate<std::uint16_t>("cvt.rn.f16.f32", 0.5F), 0x3800);
  EXPECT_EQ(Evaluate<Uint>("cvt.rn.bf16x2.f32", 2.0F, 1.0F), 0x40003F80U);
  EXPECT_EQ(Evaluate<Uint>("cvt.rn.f16x2.f32", 0.5F, 1.0F), 0x38003C00U);
  EXPECT_EQ(Evaluate<float>("cvt.f32.bf16", std::uint16_t{0xC000}), -2.0F);
  EXPECT_EQ(Evaluate<float>("cvt.f32.f16", std::uint16_t{0x3800}), 0.5F);
}

TEST(PtxConversions, SaturateFloatsToTheUnitInterval) {
  EXPECT_EQ(Evaluate<float>("cvt.sat.f32.f32", 0.25F), 0.25F);
  EXPECT_EQ(Evaluate<float>("cvt.sat.f32.f32", 3.0F), 1.0F);
  EXPECT_EQ(Evaluate<float>("cvt.sat.f32.f32", -3.0F), 0.0F);
  EXPECT_EQ(Evaluate<float>("cvt.sat.f32.f32", kNan), 0.0F);
}

TEST(PtxConversions, AddressesOfSharedMemoryGoThroughTheGenericWindow) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  RunBody(R"(.shared .align 4 .b8 tile[8]; mov.u64 %q0, tile; cvta.shared.u64 %q1, %q0;
             st.u32 [%q1+4], 9; cvta.to.shared.u64 %q2, %q1; ld.shared.u32 %a0, [%q2+4];
             cvta.to.global.u64 %q3, %out; st.global.u32 [%q3], %a0; ret;)",
          1, in, out);
  EXPECT_EQ(out[0], 9);
}

}  // namespace
}  // namespace shortlist::simt::ptx
