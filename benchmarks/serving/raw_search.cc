#include "serving/raw_search.h"

#include <algorithm>
#include <cstddef>

#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexRefine.h>
#include <faiss/index_io.h>

namespace shortlist::benchmarks {
namespace {

void Tune(faiss::Index& index, const VectorIndexSettings& settings) {
  if (auto* lists = dynamic_cast<faiss::IndexIVF*>(&index)) lists->nprobe = static_cast<std::size_t>(settings.probes);
  if (auto* graph = dynamic_cast<faiss::IndexHNSW*>(&index)) {
    graph->hnsw.efSearch = static_cast<int>(settings.hnsw_search_depth);
  }
  if (auto* refined = dynamic_cast<faiss::IndexRefine*>(&index)) {
    refined->k_factor = static_cast<float>(settings.refine_factor);
    Tune(*refined->base_index, settings);
  }
}

}  // namespace

RawSearch::RawSearch(const std::filesystem::path& path, const VectorIndexSettings& settings)
    : index_(faiss::read_index(path.c_str())) {
  Tune(*index_, settings);
}

RawSearch::~RawSearch() = default;
RawSearch::RawSearch(RawSearch&&) noexcept = default;

std::int64_t RawSearch::padded_width() const {
  return index_->d;
}

std::vector<float> RawSearch::Padded(std::span<const float> queries, std::int64_t width) const {
  const auto count = static_cast<std::int64_t>(queries.size()) / width;
  std::vector<float> padded(static_cast<std::size_t>(count * padded_width()));
  for (std::int64_t query = 0; query < count; ++query) {
    std::copy_n(queries.begin() + query * width, width, padded.begin() + query * padded_width());
  }
  return padded;
}

void RawSearch::Search(std::span<const float> padded, std::int64_t k) const {
  const auto count = static_cast<std::int64_t>(padded.size()) / padded_width();
  std::vector<float> scores(static_cast<std::size_t>(count * k));
  std::vector<std::int64_t> ids(scores.size());
  index_->search(count, padded.data(), k, scores.data(), ids.data());
}

}  // namespace shortlist::benchmarks
