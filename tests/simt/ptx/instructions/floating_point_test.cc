#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"

namespace shortlist::simt::ptx {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kUlp = 0x1p-23F;   // of 1
constexpr float kTiny = 0x1p-60F;  // far below the last place of 1

TEST(PtxFloatingPoint, ComputesWithDenormals) {
  EXPECT_EQ(Evaluate<float>("add.f32", 0x1p-149F, 0x1p-149F), 0x1p-148F);
  EXPECT_EQ(Evaluate<float>("mul.f32", 0x1p-100F, 0x1p-45F), 0x1p-145F);
  EXPECT_EQ(Evaluate<double>("sub.f64", 1.5, 0.25), 1.25);
}

TEST(PtxFloatingPoint, RoundsAsTold) {
  EXPECT_EQ(Evaluate<float>("add.rn.f32", 1.0F, kTiny), 1.0F);
  EXPECT_EQ(Evaluate<float>("add.rp.f32", 1.0F, kTiny), 1.0F + kUlp);
  EXPECT_EQ(Evaluate<float>("add.rz.f32", -1.0F, -kTiny), -1.0F);
  EXPECT_EQ(Evaluate<float>("add.rm.f32", -1.0F, -kTiny), -1.0F - kUlp);
  EXPECT_EQ(Evaluate<float>("sub.rm.f32", 1.0F, kTiny), 1.0F - kUlp / 2);
  EXPECT_EQ(Evaluate<float>("mul.rp.f32", 1.0F + kUlp, 1.0F + kUlp), 1.0F + 3 * kUlp);
  EXPECT_EQ(Evaluate<float>("mul.rz.f32", 1.0F + kUlp, 1.0F + kUlp), 1.0F + 2 * kUlp);
  EXPECT_EQ(Evaluate<float>("div.rn.f32", 1.0F, 3.0F), 1.0F / 3.0F);
  EXPECT_EQ(Evaluate<float>("div.rz.f32", 1.0F, 3.0F), std::nextafter(1.0F / 3.0F, 0.0F));
  EXPECT_EQ(Evaluate<float>("rcp.rp.f32", 3.0F), 1.0F / 3.0F);
  EXPECT_EQ(Evaluate<float>("sqrt.rn.f32", 2.0F), std::sqrt(2.0F));
  EXPECT_EQ(Evaluate<float>("sqrt.rp.f32", 2.0F), std::nextafter(std::sqrt(2.0F), 2.0F));
  EXPECT_EQ(Evaluate<double>("add.rp.f64", 1.0, 1e-30), std::nextafter(1.0, 2.0));
}

TEST(PtxFloatingPoint, FusesMultiplyAdd) {
  const float a = 1.0F + kUlp;
  EXPECT_EQ(Evaluate<float>("fma.rn.f32", a, a, -(1.0F + 2 * kUlp)), kUlp * kUlp);
  EXPECT_EQ(Evaluate<float>("fma.rp.f32", 1.0F, kTiny, 1.0F), 1.0F + kUlp);
  EXPECT_EQ(Evaluate<double>("fma.rn.f64", 3.0, 5.0, 7.0), 22.0);
}

TEST(PtxFloatingPoint, OrdersZerosAndNans) {
  EXPECT_TRUE(std::signbit(Evaluate<float>("min.f32", 0.0F, -0.0F)));
  EXPECT_FALSE(std::signbit(Evaluate<float>("max.f32", -0.0F, 0.0F)));
  EXPECT_EQ(Evaluate<float>("max.f32", kNan, 2.0F), 2.0F);
  EXPECT_EQ(Evaluate<float>("min.f32", 2.0F, kNan), 2.0F);
  EXPECT_TRUE(std::isnan(Evaluate<float>("max.NaN.f32", kNan, 2.0F)));
  EXPECT_EQ(Evaluate<float>("min.NaN.f32", 1.0F, 2.0F), 1.0F);
}

TEST(PtxFloatingPoint, WorksOnSigns) {
  EXPECT_EQ(Evaluate<float>("abs.f32", -2.0F), 2.0F);
  EXPECT_EQ(Evaluate<float>("neg.f32", 2.0F), -2.0F);
  EXPECT_TRUE(std::signbit(Evaluate<float>("neg.f32", 0.0F)));
  EXPECT_EQ(Evaluate<float>("copysign.f32", -1.0F, 3.0F), -3.0F);
}

TEST(PtxFloatingPoint, TestsProperties) {
  EXPECT_TRUE(Evaluate<bool>("testp.finite.f32", 1.0F));
  EXPECT_FALSE(Evaluate<bool>("testp.finite.f32", kInfinity));
  EXPECT_TRUE(Evaluate<bool>("testp.infinite.f32", -kInfinity));
  EXPECT_TRUE(Evaluate<bool>("testp.notanumber.f32", kNan));
  EXPECT_FALSE(Evaluate<bool>("testp.number.f32", kNan));
}

}  // namespace
}  // namespace shortlist::simt::ptx
