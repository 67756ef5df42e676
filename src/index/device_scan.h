// Exact search for many queries at once on a GPU.
//
// The device sums in another order than VectorTable::Score, so it only names candidates, some more than are asked for,
// which are scored again here. No other vector scores more there than the last candidate, so by rounding.h none is
// among the best if that much more would not bring it there. A query for which this does not hold, because scores are
// close or many items are left out, is not answered. Answers are those of SearchExactly, to the bit.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "index/exact_search.h"
#include "index/query.h"
#include "index/scan_device.h"

namespace shortlist::index {

// Row-major [queries, width].
std::vector<float> Stacked(std::span<const Query> queries);

// Thread-safe: searches take turns on the device. A device that fails once is not asked again, and a warning says so.
class DeviceScan {
 public:
  // Copies the vectors (row-major, `width` values each) to the device.
  DeviceScan(const ScanDevice& device, std::span<const float> vectors, std::int64_t width);
  ~DeviceScan();

  // For each query what SearchExactly answers about `table`, which holds the same vectors, none of a norm larger than
  // `longest`; nothing for those that the device does not answer.
  std::vector<std::optional<std::vector<Neighbor>>> Search(std::span<const Query> queries, const VectorTable& table,
                                                           double longest) const;

 private:
  struct Candidates;

  Candidates Find(std::span<const Query> queries, std::int64_t count) const;
  void GiveUp(const char* reason) const;

  std::string device_;
  std::unique_ptr<faiss::Index> vectors_;
  mutable std::mutex mutex_;
  mutable bool failed_ = false;
};

}  // namespace shortlist::index
