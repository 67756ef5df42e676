// How much of the truth an approximate index finds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "index/neighbor.h"
#include "index/scan_device.h"
#include "index/vector_index.h"

namespace shortlist::index {

// The neighbors of each query, best first.
using Answers = std::vector<std::vector<Neighbor>>;

// The k best of each query (row-major) among the vectors (row-major), by looking at all of them, on the device if there
// is one.
Answers ExactAnswers(std::span<const float> vectors, std::span<const float> queries, std::int64_t width, std::int64_t k,
                     base::ThreadPool& pool, const ScanDevice* device = nullptr);

struct Recall {
  std::int64_t k = 0;
  std::int64_t queries = 0;
  double value = 1;  // mean over queries of: share of the exact answers that were given; 1 without queries
  // 95% interval of the value for further queries of the same kind: Wilson's score interval (JASA 1927), as if a query
  // were one trial. It is on the safe side, because a query's recall varies less than a coin of the same mean.
  double low = 0;
  double high = 1;
};

// Queries without exact answers do not count.
Recall CompareAnswers(const Answers& exact, const Answers& given, std::int64_t k);

}  // namespace shortlist::index
