#include "indexes/hand_made.h"

#include <algorithm>

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexRefine.h>
#include <faiss/index_factory.h>

#include "index/equal_norms.h"

namespace shortlist::benchmarks {
namespace {

void Set(faiss::Index& index, const HandMade& made) {
  if (auto* lists = dynamic_cast<faiss::IndexIVF*>(&index)) {
    lists->nprobe = static_cast<std::size_t>(made.probes);
    lists->parallel_mode = 0;
  }
  if (auto* graph = dynamic_cast<faiss::IndexHNSW*>(&index)) graph->hnsw.efSearch = static_cast<int>(made.depth);
  if (auto* refined = dynamic_cast<faiss::IndexRefine*>(&index)) {
    refined->k_factor = static_cast<float>(made.refine);
    Set(*refined->base_index, made);
  }
}

void CentroidsByDistance(faiss::Index& index) {
  if (auto* refined = dynamic_cast<faiss::IndexRefine*>(&index)) return CentroidsByDistance(*refined->base_index);
  auto* lists = dynamic_cast<faiss::IndexIVF*>(&index);
  if (lists == nullptr) return;
  delete lists->quantizer;
  lists->quantizer = new faiss::IndexFlatL2(lists->d);
  lists->cp.spherical = false;
}

}  // namespace

HandMadeIndex::HandMadeIndex(const HandMade& made, std::span<const float> vectors, std::int64_t width) : width_(width) {
  const auto count = static_cast<std::int64_t>(vectors.size()) / width;
  // Eight more, so that product quantizers of an even number of values and SIMD registers fit.
  const std::int64_t wide = made.centroids_by_distance ? width + 8 : width;
  std::vector<float> widened;
  if (made.centroids_by_distance) {
    widened = index::WithEqualNorms(vectors, {count, width}, wide);
    vectors = widened;
  }
  index_.reset(faiss::index_factory(static_cast<int>(wide), made.factory.c_str(), faiss::METRIC_INNER_PRODUCT));
  if (made.centroids_by_distance) CentroidsByDistance(*index_);
  index_->train(count, vectors.data());
  index_->add(count, vectors.data());
  Set(*index_, made);
}

HandMadeIndex::~HandMadeIndex() = default;
HandMadeIndex::HandMadeIndex(HandMadeIndex&&) noexcept = default;

std::vector<float> HandMadeIndex::Padded(std::span<const float> queries) const {
  const auto wide = static_cast<std::size_t>(index_->d);
  const auto width = static_cast<std::size_t>(width_);
  std::vector<float> padded(queries.size() / width * wide);
  for (std::size_t q = 0; q < queries.size() / width; ++q) std::copy_n(&queries[q * width], width, &padded[q * wide]);
  return padded;
}

std::vector<std::int64_t> HandMadeIndex::SearchTogether(std::span<const float> queries, std::int64_t k) const {
  const std::vector<float> padded = Padded(queries);
  const auto count = static_cast<std::int64_t>(padded.size()) / index_->d;
  std::vector<float> scores(static_cast<std::size_t>(count * k));
  std::vector<std::int64_t> ids(scores.size());
  index_->search(count, padded.data(), k, scores.data(), ids.data());
  return ids;
}

std::vector<std::int64_t> HandMadeIndex::SearchSingly(std::span<const float> queries, std::int64_t k) const {
  const std::vector<float> padded = Padded(queries);
  const auto count = static_cast<std::int64_t>(padded.size()) / index_->d;
  std::vector<float> scores(static_cast<std::size_t>(count * k));
  std::vector<std::int64_t> ids(scores.size());
  for (std::int64_t q = 0; q < count; ++q) {
    index_->search(1, padded.data() + q * index_->d, k, scores.data() + q * k, ids.data() + q * k);
  }
  return ids;
}

}  // namespace shortlist::benchmarks
