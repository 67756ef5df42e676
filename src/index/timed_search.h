// Asking indexes many queries, to compare their answers and their time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "index/recall.h"
#include "index/vector_index.h"

namespace shortlist::index {

// Queries of one width, row-major, and how many neighbors they ask for.
struct QuerySet {
  std::vector<float> queries;
  std::int64_t width = 0;
  std::int64_t k = 0;

  std::int64_t size() const { return static_cast<std::int64_t>(queries.size()) / width; }
  std::span<const float> Query(std::int64_t number) const {
    return std::span(queries).subspan(static_cast<std::size_t>(number * width), static_cast<std::size_t>(width));
  }

  // At most `most` of the queries, spread evenly over all.
  QuerySet EvenlySpaced(std::int64_t most) const;
};

// The answer to each query, on all threads of the pool.
Answers AskAll(const VectorIndex& index, const QuerySet& asked, base::ThreadPool& pool);

// Microseconds of this thread's processor time that a query takes each index, one query at a time. The indexes take
// turns, each with the same slice of the queries, after some of it to fill the caches; the median over slices counts.
// Zero without queries.
std::vector<double> TimeInTurns(std::span<const VectorIndex* const> indexes, const QuerySet& asked);

}  // namespace shortlist::index
