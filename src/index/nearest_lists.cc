#include "index/nearest_lists.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>

#include "index/best_neighbors.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::index {
namespace {

// Centroids that are scored in registers of any size without a rest.
constexpr std::size_t kCentroidsTogether = 64;

// The best score of every kCentroidsTogether-th centroid from each place on.
using Maxima = std::array<float, kCentroidsTogether>;

// Leaves NaN out.
Maxima MaximaOf(const std::vector<float>& scores) {
  Maxima maxima;
  maxima.fill(-std::numeric_limits<float>::infinity());
  const float* const end = scores.data() + scores.size();
  for (const float* some = scores.data(); some != end; some += kCentroidsTogether) {
    for (std::size_t i = 0; i < kCentroidsTogether; ++i) maxima[i] = some[i] > maxima[i] ? some[i] : maxima[i];
  }
  return maxima;
}

// A bar that the `probes` best scores reach, and few others: that many maxima do.
float BarFor(Maxima maxima, std::int64_t probes) {
  if (probes < 1 || static_cast<std::size_t>(probes) > maxima.size()) return -std::numeric_limits<float>::infinity();
  auto* const last = maxima.begin() + probes - 1;
  std::nth_element(maxima.begin(), last, maxima.end(), std::greater<>());
  return *last;
}

std::vector<Neighbor> BestOf(const std::vector<float>& scores, std::int64_t probes) {
  const Maxima maxima = MaximaOf(scores);
  const float bar = BarFor(maxima, probes);
  BestNeighbors best(probes);
  for (std::size_t first = 0; first < kCentroidsTogether; ++first) {
    if (maxima[first] < bar) continue;
    for (std::size_t list = first; list < scores.size(); list += kCentroidsTogether) {
      if (scores[list] >= bar) best.Offer({static_cast<std::int32_t>(list), scores[list]});
    }
  }
  return best.Take();
}

}  // namespace

NearestLists::NearestLists(const faiss::IndexIVF& index, std::int64_t width) {
  const auto* centroids = dynamic_cast<const faiss::IndexFlat&>(*index.quantizer).get_xb();
  const auto stored_width = static_cast<std::size_t>(index.d);
  const std::size_t stride = (index.nlist + kCentroidsTogether - 1) / kCentroidsTogether * kCentroidsTogether;
  half_squares_.assign(stride, std::numeric_limits<float>::quiet_NaN());
  coordinates_.resize(stride * static_cast<std::size_t>(width));
  for (std::size_t list = 0; list < index.nlist; ++list) {
    const std::span centroid(centroids + list * stored_width, stored_width);
    half_squares_[list] = std::inner_product(centroid.begin(), centroid.end(), centroid.begin(), 0.0F) / -2;
    for (std::size_t i = 0; i < static_cast<std::size_t>(width); ++i) coordinates_[i * stride + list] = centroid[i];
  }
}

std::vector<Neighbor> NearestLists::Find(std::span<const float> query, std::int64_t probes) const {
  std::vector<tensor::cpu::WeightedRow> rows;
  rows.reserve(query.size());
  for (std::size_t i = 0; i < query.size(); ++i) rows.push_back({&coordinates_[i * half_squares_.size()], query[i]});
  const auto count = static_cast<std::int64_t>(rows.size());
  std::vector<float> scores = half_squares_;
  tensor::cpu::AddWeightedRows(rows.data(), count, count, static_cast<std::int64_t>(scores.size()), scores.data());
  return BestOf(scores, probes);
}

}  // namespace shortlist::index
