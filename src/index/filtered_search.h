// Search among some of the vectors, in the cheapest of the ways that keep the promise of the index.
//
//   scan_matching       scores every allowed vector: exact, and cheap where few are allowed
//   search_then_filter  searches for so many neighbors that k allowed ones are expected among them, and again for more
//                       while that is still cheaper than scan_matching, which is what it ends in
//   scan_all            scores all vectors for several queries at once, where the index is scanned anyhow
//
// The first k allowed ones among the best R of all are the k best allowed ones, so the second finds them as well as the
// index finds R neighbors. Which is cheapest is decided by times that were measured on this index and this machine.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/neighbor.h"
#include "index/query.h"
#include "index/vector_index.h"

namespace shortlist::index {

enum class SearchPlan { kUnfiltered, kScanMatching, kSearchThenFilter, kScanAll };

// The time of a search for so many neighbors.
struct SearchTime {
  std::int64_t ranks = 0;
  double nanoseconds = 0;
};

struct SearchCosts {
  double scanned = 1;                // nanoseconds per vector that is scored by itself
  double scanned_together = 1;       // per vector and query in a scan of all for several queries
  std::vector<SearchTime> searched;  // by ranks; empty where every search is a scan

  // Between and beyond what was measured by a straight line; infinite where nothing was.
  double Searched(std::int64_t ranks) const;
};

// Takes some milliseconds. queries are row-major, as wide as the index; without any, costs say that a scan is cheapest.
SearchCosts MeasureCosts(const VectorIndex& index, std::span<const float> queries);

struct PlannedAnswer {
  std::vector<Neighbor> neighbors;  // best first
  SearchPlan plan = SearchPlan::kUnfiltered;
};

// Immutable; thread-safe. The index must outlive it.
class FilteredSearch {
 public:
  FilteredSearch(const VectorIndex& index, SearchCosts costs) : index_(&index), costs_(std::move(costs)) {}

  // For each query its k best vectors of those that it allows and does not exclude; k of them whenever k remain. Throws
  // what VectorIndex::Search throws.
  std::vector<PlannedAnswer> SearchBatch(std::span<const Query> queries) const;

  // The first plan for a query among `queries` ones that allows `matching` vectors.
  SearchPlan PlanFor(std::int64_t k, std::int64_t matching, std::size_t queries) const;

 private:
  PlannedAnswer SearchAlone(const Query& query, SearchPlan plan) const;
  double ScanTime(std::int64_t matching) const { return costs_.scanned * static_cast<double>(matching); }
  bool SearchIsCheaper(std::int64_t ranks, std::int64_t matching) const;

  const VectorIndex* index_;
  SearchCosts costs_;
};

}  // namespace shortlist::index
