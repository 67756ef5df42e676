#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"

namespace shortlist::simt::ptx {
namespace {

// PTX ISA 9.7.3 allows the hardware 2 units in the last place for most of these forms; the interpreter errs by half a
// unit at most.
void ExpectNearest(float actual, double exact) {
  EXPECT_LE(std::abs(actual - exact), std::abs(exact) * 0x1p-24) << exact;
}

TEST(PtxApproximations, AreWithinHalfAUnit) {
  for (const float a : {0.1F, 0.75F, 1.0F, 1.7F, 9.3F}) {
    const auto x = static_cast<double>(a);
    ExpectNearest(Evaluate<float>("ex2.approx.f32", a), std::exp2(x));
    ExpectNearest(Evaluate<float>("lg2.approx.ftz.f32", a), std::log2(x));
    ExpectNearest(Evaluate<float>("rcp.approx.ftz.f32", a), 1 / x);
    ExpectNearest(Evaluate<float>("sqrt.approx.f32", a), std::sqrt(x));
    ExpectNearest(Evaluate<float>("rsqrt.approx.f32", a), 1 / std::sqrt(x));
    ExpectNearest(Evaluate<float>("sin.approx.f32", a), std::sin(x));
    ExpectNearest(Evaluate<float>("cos.approx.f32", a), std::cos(x));
    ExpectNearest(Evaluate<float>("tanh.approx.f32", a), std::tanh(x));
    ExpectNearest(Evaluate<float>("div.approx.f32", a, 3.0F), x / 3);
    ExpectNearest(Evaluate<float>("div.full.f32", 3.0F, a), 3 / x);
  }
}

TEST(PtxApproximations, KeepTheEnds) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(Evaluate<float>("ex2.approx.f32", -kInfinity), 0.0F);
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
