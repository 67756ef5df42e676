#include "index/equal_norms.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace shortlist::index {
namespace {

double SquaredNorm(std::span<const float> vector) {
  return std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0);
}

}  // namespace

std::vector<float> WithEqualNorms(std::span<const float> vectors, VectorShape shape, std::int64_t padded_width) {
  const auto width = static_cast<std::size_t>(shape.width);
  const auto padded = static_cast<std::size_t>(padded_width);
  std::vector<double> norms(static_cast<std::size_t>(shape.count));
  for (std::size_t i = 0; i < norms.size(); ++i) norms[i] = SquaredNorm(vectors.subspan(i * width, width));
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
