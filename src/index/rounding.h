// How far a computed inner product may be from another one of the same vectors, whatever the order of its sum.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>

namespace shortlist::index {

inline double Norm(std::span<const float> vector) {
  return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

// Of vectors of so many values whose norms are at most these. An inner product of n values is within n u / (1 - n u)
// |q| |x| of the truth, u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1), and two
// of them are within twice that of each other.
inline double Rounding(std::int64_t width, double query_norm, double vector_norm) {
  constexpr double kUnit = 0x1p-24;
  const double sum = static_cast<double>(width) * kUnit;
  return 2 * (sum / (1 - sum) * query_norm * vector_norm + static_cast<double>(width) * 0x1p-126);
}

}  // namespace shortlist::index
