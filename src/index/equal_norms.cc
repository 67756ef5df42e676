#include "index/equal_norms.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace shortlist::index {
namespace {

// Relative, of squared norms.
constexpr double kRounding = 1e-4;

std::vector<double> SquaredNorms(std::span<const float> vectors, VectorShape shape) {
  const auto width = static_cast<std::size_t>(shape.width);
  std::vector<double> norms(static_cast<std::size_t>(shape.count));
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const auto row = vectors.subspan(i * width, width);
    norms[i] = std::inner_product(row.begin(), row.end(), row.begin(), 0.0);
  }
  return norms;
}

}  // namespace

bool HaveEqualNorms(std::span<const float> vectors, VectorShape shape) {
  const std::vector<double> norms = SquaredNorms(vectors, shape);
  if (norms.empty()) return true;
  const auto [least, most] = std::minmax_element(norms.begin(), norms.end());
  return *most - *least <= kRounding * *most;
}

std::vector<float> WithEqualNorms(std::span<const float> vectors, VectorShape shape, std::int64_t padded_width) {
  const auto width = static_cast<std::size_t>(shape.width);
  const auto padded = static_cast<std::size_t>(padded_width);
  const std::vector<double> norms = SquaredNorms(vectors, shape);
  const double largest = norms.empty() ? 0 : *std::max_element(norms.begin(), norms.end());
  std::vector<float> result(norms.size() * padded);
  for (std::size_t i = 0; i < norms.size(); ++i) {
    float* row = &result[i * padded];
    std::copy_n(&vectors[i * width], width, row);
    row[width] = static_cast<float>(std::sqrt(largest - norms[i]));
  }
  return result;
}

std::vector<float> Padded(std::span<const float> query, std::int64_t padded_width) {
  std::vector<float> padded(static_cast<std::size_t>(padded_width));
  std::copy(query.begin(), query.end(), padded.begin());
  return padded;
}

}  // namespace shortlist::index
