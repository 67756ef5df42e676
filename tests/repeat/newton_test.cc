#include "repeat/newton.h"

#include <cmath>

#include <gtest/gtest.h>

namespace shortlist::repeat {
namespace {

// log(exp(x - 1) + exp(1 - x)) + (x - 2 y)^2, whose minimum is at (1, 1/2).
Expansion Valley(std::span<const double> at) {
  const double slope = std::tanh(at[0] - 1);
  const double across = at[0] - 2 * at[1];
  return {std::log(std::exp(at[0] - 1) + std::exp(1 - at[0])) + across * across,
          {slope + 2 * across, -4 * across},
          {1 - slope * slope + 2, 0, -4, 8}};
}

TEST(MinimizeConvex, FindsTheMinimum) {
  const std::vector<double> found = MinimizeConvex(Valley, 2, 1e-9);
  EXPECT_NEAR(found[0], 1, 1e-5);
  EXPECT_NEAR(found[1], 0.5, 1e-5);
}

TEST(MinimizeConvex, RegularizationDrawsToZero) {
  for (const double weight : MinimizeConvex(Valley, 2, 1e9)) EXPECT_NEAR(weight, 0, 1e-6);
}

// From zero a whole Newton step of this loss overshoots further and further.
TEST(MinimizeConvex, HalvesStepsThatGoTooFar) {
  const auto far = [](std::span<const double> at) {
    const double x = at[0] - 3;
    const double root = std::sqrt(1 + x * x);
    return Expansion{root, {x / root}, {1 / (root * root * root)}};
  };
  EXPECT_NEAR(MinimizeConvex(far, 1, 1e-9)[0], 3, 1e-3);
}

}  // namespace
}  // namespace shortlist::repeat
