// Indexes of Faiss as its users make them: by a factory string, with the parameters of a search.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace faiss {
struct Index;
}

namespace shortlist::benchmarks {

struct HandMade {
  std::string factory;                 // as for faiss::index_factory, by inner product
  bool centroids_by_distance = false;  // of lists, among vectors that one more coordinate gives equal norms
  std::int64_t probes = 0;             // 0 where there are none
  std::int64_t depth = 0;
  std::int64_t refine = 0;
};

class HandMadeIndex {
 public:
  // vectors is row-major [count, width].
  HandMadeIndex(const HandMade& made, std::span<const float> vectors, std::int64_t width);
  ~HandMadeIndex();
  HandMadeIndex(HandMadeIndex&&) noexcept;

  // Of all queries in one call, or of each in a call of its own; row-major [queries, k].
  std::vector<std::int64_t> SearchTogether(std::span<const float> queries, std::int64_t k) const;
  std::vector<std::int64_t> SearchSingly(std::span<const float> queries, std::int64_t k) const;

 private:
  std::vector<float> Padded(std::span<const float> queries) const;

  std::int64_t width_;
  std::unique_ptr<faiss::Index> index_;
};

}  // namespace shortlist::benchmarks
