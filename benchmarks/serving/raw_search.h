// The search of a bundle's item index as Faiss alone does it: no exclusions, no exact scores, no order of ties.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "shortlist/settings/index.h"

namespace faiss {
struct Index;
}

namespace shortlist::benchmarks {

// Immutable; thread-safe.
class RawSearch {
 public:
  // Searches as the settings say: lists to probe, candidates to keep or to score again.
  RawSearch(const std::filesystem::path& path, const VectorIndexSettings& settings);
  ~RawSearch();
  RawSearch(RawSearch&&) noexcept;

  // Queries of `width` values, as wide as the index wants them.
  std::vector<float> Padded(std::span<const float> queries, std::int64_t width) const;
  // Finds the k best of each of the padded queries, on the caller's thread if OpenMP has one.
  void Search(std::span<const float> padded, std::int64_t k) const;

  std::int64_t padded_width() const;

 private:
  std::unique_ptr<faiss::Index> index_;
};

}  // namespace shortlist::benchmarks
