// An index together with what was measured of it.
#pragma once

#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "index/bundle_manifest.h"
#include "index/recall.h"
#include "index/sample.h"
#include "index/timed_search.h"
#include "index/vector_index.h"

namespace shortlist::index {

struct MeasuredIndex {
  VectorIndex index;
  IndexSummary summary;
};

// Builds the index of the vectors (row-major, as wide as the queries) with the pool's number of threads, and the device
// if there is one, then asks it every query, one at a time as a server does, and compares with exact search.
MeasuredIndex BuildMeasured(const VectorIndexSettings& settings, std::span<const float> vectors, const QuerySet& asked,
                            base::ThreadPool& pool, const ScanDevice* device = nullptr);

// The queries with their exact answers among the vectors, and the recall of the index of those vectors.
Sample MakeSample(const VectorIndex& index, std::span<const float> vectors, const QuerySet& asked,
                  base::ThreadPool& pool, const ScanDevice* device = nullptr);

}  // namespace shortlist::index
