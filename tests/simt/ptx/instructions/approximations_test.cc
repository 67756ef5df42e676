#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"

namespace shortlist::simt::ptx {
namespace {

// PTX ISA 9.7.3 allows the hardware 2 units in the last place for most of these forms, which the interpreter takes: it
// is between 1.5 and 2.5 units beside the exact result.
void ExpectTwoUnitsBeside(float actual, double exact) {
  const auto nearest = static_cast<float>(exact);
  const double unit = static_cast<double>(std::nextafter(std::abs(nearest), 1e30F)) - std::abs(nearest);
  EXPECT_LE(std::abs(actual - exact), 2.5 * unit) << exact;
  EXPECT_GE(std::abs(actual - exact), 1.5 * unit) << exact;
}

TEST(PtxApproximations, ErrByTwoUnits) {
  for (const float a : {0.1F, 0.7F, 1.7F}) {
    const auto x = static_cast<double>(a);
    ExpectTwoUnitsBeside(Evaluate<float>("ex2.approx.f32", a), std::exp2(x));
    ExpectTwoUnitsBeside(Evaluate<float>("lg2.approx.ftz.f32", a), std::log2(x));
    ExpectTwoUnitsBeside(Evaluate<float>("rcp.approx.ftz.f32", a), 1 / x);
    ExpectTwoUnitsBeside(Evaluate<float>("sqrt.approx.f32", a), std::sqrt(x));
    ExpectTwoUnitsBeside(Evaluate<float>("rsqrt.approx.f32", a), 1 / std::sqrt(x));
    ExpectTwoUnitsBeside(Evaluate<float>("sin.approx.f32", a), std::sin(x));
    ExpectTwoUnitsBeside(Evaluate<float>("cos.approx.f32", a), std::cos(x));
    ExpectTwoUnitsBeside(Evaluate<float>("tanh.approx.f32", a), std::tanh(x));
    ExpectTwoUnitsBeside(Evaluate<float>("div.approx.f32", a, 3.0F), x / 3);
    ExpectTwoUnitsBeside(Evaluate<float>("div.full.f32", 3.0F, a), 3 / x);
  }
}

TEST(PtxApproximations, KeepWhatIsExact) {
  EXPECT_EQ(Evaluate<float>("ex2.approx.f32", 3.0F), 8.0F);
  EXPECT_EQ(Evaluate<float>("rsqrt.approx.f32", 4.0F), 0.5F);
  EXPECT_EQ(Evaluate<float>("div.full.f32", 3.0F, 2.0F), 1.5F);
}

TEST(PtxApproximations, KeepTheEnds) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(Evaluate<float>("ex2.approx.f32", -kInfinity), 0.0F);
  for (const float beyond : {200.5F, 201.5F}) {
    EXPECT_EQ(Evaluate<float>("ex2.approx.f32", beyond), kInfinity);
    EXPECT_EQ(Evaluate<float>("ex2.approx.f32", -beyond), 0.0F);
  }
  EXPECT_EQ(Evaluate<float>("lg2.approx.f32", 0.0F), -kInfinity);
  EXPECT_EQ(Evaluate<float>("rsqrt.approx.f32", 0.0F), kInfinity);
  EXPECT_TRUE(std::isnan(Evaluate<float>("lg2.approx.f32", -1.0F)));
}

TEST(PtxApproximations, FlushDenormalsOnlyWhereTold) {
  EXPECT_EQ(Evaluate<float>("ex2.approx.f32", -130.0F), 0x1p-130F);
  EXPECT_EQ(Evaluate<float>("ex2.approx.ftz.f32", -130.0F), 0.0F);
  EXPECT_EQ(Evaluate<float>("rcp.approx.ftz.f32", -0x1p-130F), -std::numeric_limits<float>::infinity());
}

TEST(PtxApproximations, GiveTheUpperHalfOfDoubles) {
  const auto reciprocal = Evaluate<double>("rcp.approx.ftz.f64", 3.0);
  EXPECT_EQ(ToBits(reciprocal) & 0xFFFFFFFF, 0U);
  EXPECT_NEAR(reciprocal, 1.0 / 3, 0x1p-20);
  EXPECT_NEAR(Evaluate<double>("rsqrt.approx.ftz.f64", 2.0), std::sqrt(0.5), 0x1p-20);
}

}  // namespace
}  // namespace shortlist::simt::ptx
