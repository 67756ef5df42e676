// Comparison of float32 results with float64 truth.
//
// The bound of a sum of n products is the a-priori one: n * u * (sum of absolute products), u = 2^-24 (Higham, Accuracy
// and Stability of Numerical Algorithms, section 3.1). It holds for every order of summation, with and without fused
// multiply-add, so it is the same for every backend. The sum of absolute products is the float64 reference applied to
// absolute inputs.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::conformance {

using Doubles = std::vector<double>;

inline constexpr double kRoundoff = 0x1p-24;
// What may be lost where results leave the range of normal numbers.
inline constexpr double kUnderflow = 1e-37;

inline double SumBound(std::int64_t terms, double magnitude) {
  return (static_cast<double>(terms) + 4) * kRoundoff * magnitude + kUnderflow;
}

inline Doubles Widen(std::span<const float> values) {
  return {values.begin(), values.end()};
}

inline Doubles Magnitudes(std::span<const float> values) {
  Doubles magnitudes(values.begin(), values.end());
  for (double& value : magnitudes) value = std::abs(value);
  return magnitudes;
}

// bound(i) is the largest difference that element i may have.
template <class Bound>
void ExpectClose(const char* what, std::span<const float> actual, const Doubles& expected, Bound bound) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(static_cast<double>(actual[i]) - expected[i]);
    // Not "greater than", so that NaN fails.
    ASSERT_TRUE(difference <= bound(i)) << what << "[" << i << "] is " << actual[i] << ", expected " << expected[i]
                                        << " within " << bound(i);
  }
}

inline void ExpectEqual(const char* what, std::span<const float> actual, std::span<const float> expected) {
  ASSERT_EQ(actual.size(), expected.size()) << what;
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(actual[i], expected[i]) << what << "[" << i << "]";
}

}  // namespace shortlist::conformance
