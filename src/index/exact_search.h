// Search that looks at every vector: the truth that approximate search is measured against, and its fallback.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "index/best_neighbors.h"
#include "index/neighbor.h"

namespace shortlist::index {

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
  const void* Row(std::int32_t id) const;
  std::vector<float> Vector(std::int32_t id) const;
  // The inner product, summed in the same order wherever it is asked for: equal vectors have equal scores.
  float Score(const float* query, std::int32_t id) const;
  // Those of rows of the table's kind.
  void ScoreRows(const float* query, std::span<const void* const> some, float* scores) const;
  // Has the place where the vector lies come into the nearest cache, without waiting for it.
  void FetchPlace(std::int32_t id) const;
  // The same with the vector; waits for its place.
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
