#include "index/nearest_lists.h"

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
  BestNeighbors nearest(probes);
  for (std::size_t list = 0; list < scores.size(); ++list)
    nearest.Offer({static_cast<std::int32_t>(list), scores[list]});
  return nearest.Take();
}

}  // namespace shortlist::index
