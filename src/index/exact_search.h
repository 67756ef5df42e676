// Search that looks at every vector: the truth that approximate search is measured against, and its fallback.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "index/neighbor.h"

namespace shortlist::index {

// Collects the k best neighbors of those it is offered, in any order; of equal scores the smaller ids.
class BestNeighbors {
 public:
  explicit BestNeighbors(std::int64_t k);

  void Offer(Neighbor neighbor) {
    if (kept_.size() < k_) {
      Add(neighbor);
    } else if (k_ > 0 && Better(neighbor, kept_.front())) {
      ReplaceWorst(neighbor);
    }
  }

  // Whether only better neighbors than the worst are still taken. There is a worst if k is at least 1.
  bool full() const { return kept_.size() == k_; }
  const Neighbor& worst() const { return kept_.front(); }

  // Best first. Leaves the collection empty.
  std::vector<Neighbor> Take();

 private:
  void Add(Neighbor neighbor);
  void ReplaceWorst(Neighbor neighbor);

  std::size_t k_;
  std::vector<Neighbor> kept_;  // a heap with the worst in front
};

// Vectors of one byte per value: value i of a vector is base[i] + step[i] * byte i.
struct ByteRows {
  std::vector<const std::uint8_t*> rows;
  std::vector<float> base;
  std::vector<float> step;
};

// Vectors by id, whole or as bytes. Every row has at least `width` values; further ones are padding.
struct VectorTable {
  std::vector<const float*> rows;
  std::int64_t width = 0;
  ByteRows bytes = {};  // instead of rows

  std::int64_t size() const { return static_cast<std::int64_t>(std::max(rows.size(), bytes.rows.size())); }
  std::vector<float> Vector(std::int32_t id) const;
  // The inner product, summed in the same order wherever it is asked for: equal vectors have equal scores.
  float Score(const float* query, std::int32_t id) const;
  // Has the vector come into the nearest cache, without waiting for it.
  void Fetch(std::int32_t id) const;
};

// Of row-major vectors, which must outlive the table.
VectorTable TableOf(std::span<const float> vectors, std::int64_t width);

// The k best that are not in `excluded` (sorted, unique).
std::vector<Neighbor> SearchExactly(const VectorTable& vectors, const float* query, std::int64_t k,
                                    std::span<const std::int32_t> excluded);

// The k best of these ids, in any order. Costs what they are, not what the table is.
std::vector<Neighbor> SearchExactlyAmong(const VectorTable& vectors, const float* query, std::int64_t k,
                                         std::span<const std::int32_t> ids);

}  // namespace shortlist::index
