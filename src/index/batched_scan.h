// Exact search for several queries at once: one matrix product scores a tile of vectors for all of them.
//
// A product sums in another order than VectorTable::Score, so it only tells which vectors may be among the best; those
// are scored again. Whatever the order, an inner product of n values is within n u / (1 - n u) |q| |x| of the truth,
// u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1), and two of them are within
// twice that of each other. A vector is passed over only if that much more would not bring it among the k best so far,
// so the answers are those of SearchExactly, to the bit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/exact_search.h"
#include "index/query.h"

namespace shortlist::index {

// Immutable; thread-safe, and single-threaded per call.
class BatchedScan {
 public:
  // vectors is row-major [count, width] of finite numbers, and outlives the object. Reads it once.
  BatchedScan(std::span<const float> vectors, std::int64_t width);

  // For each query its k best vectors, best first, ties by the smaller id; fewer if fewer remain. Reads the vectors
  // once for every 64 queries, which may ask for different k.
  std::vector<std::vector<Neighbor>> Search(std::span<const Query> queries) const;

 private:
  void SearchTogether(std::span<const Query> queries, std::span<std::vector<Neighbor>> results) const;

  std::span<const float> vectors_;
  VectorTable table_;
  double longest_ = 0;  // largest norm
};

}  // namespace shortlist::index
