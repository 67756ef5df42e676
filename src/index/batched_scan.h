// Exact search for several queries at once: one matrix product scores a tile of vectors for all of them.
//
// A product sums in another order than VectorTable::Score, so it only tells which vectors may be among the best; those
// are scored again. A vector is passed over only if what rounding may do to a sum (rounding.h) would not bring it among
// the k best so far, so the answers are those of SearchExactly, to the bit. A GPU takes what it can of the work
// (device_scan.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/device_scan.h"
#include "index/exact_search.h"
#include "index/query.h"

namespace shortlist::index {

// Immutable; thread-safe, and single-threaded per call.
class BatchedScan {
 public:
  // vectors is row-major [count, width] of finite numbers, and outlives the object. Reads it once.
  // With a device they are copied to it; it need not outlive the object.
  BatchedScan(std::span<const float> vectors, std::int64_t width, const ScanDevice* device = nullptr);

  // For each query its k best vectors, best first, ties by the smaller id; fewer if fewer remain. Reads the vectors
  // once for every 64 queries, which may ask for different k.
  std::vector<std::vector<Neighbor>> Search(std::span<const Query> queries) const;

  // So many in one call are answered at full speed.
  std::int64_t queries_at_once() const;

 private:
  std::vector<std::vector<Neighbor>> SearchHere(std::span<const Query> queries) const;
  std::vector<std::vector<Neighbor>> SearchOnDevice(std::span<const Query> queries) const;
  void SearchTogether(std::span<const Query> queries, std::span<std::vector<Neighbor>> results) const;

  std::span<const float> vectors_;
  VectorTable table_;
  double longest_ = 0;  // largest norm
  std::unique_ptr<DeviceScan> device_;
};

}  // namespace shortlist::index
