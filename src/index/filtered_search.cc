#include "index/filtered_search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace shortlist::index {
namespace {

constexpr std::int64_t kRanksFactor = 4;

// How many neighbors of all have k allowed ones among them in about 97 of 100 searches, if those are spread evenly: two
// deviations more than k.
std::int64_t RanksFor(std::int64_t k, std::int64_t matching, std::int64_t all) {
  const auto wanted = static_cast<double>(k);
  return static_cast<std::int64_t>((wanted + 2 * std::sqrt(wanted) + 2) * static_cast<double>(all) /
                                   static_cast<double>(std::max<std::int64_t>(matching, 1)));
}

// The best of some rounds, which others on the machine disturb least.
template <class Work>
double Nanoseconds(const Work& work) {
  constexpr int kRounds = 3;
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    least = std::min(least, std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

// Evenly spread.
base::BitSet SomeOf(std::int64_t all) {
  constexpr std::int64_t kMostScanned = 4096;
  base::BitSet some(all);
  const std::int64_t count = std::min(all, kMostScanned);
  for (std::int64_t i = 0; i < count; ++i) some.Insert(i * all / count);
  return some;
}

std::vector<Query> QueriesOf(std::span<const float> queries, std::int64_t width) {
  constexpr std::size_t kMostAsked = 8;
  constexpr std::int64_t kNeighbors = 10;
  std::vector<Query> asked;
  for (std::size_t q = 0; q < queries.size() && asked.size() < kMostAsked; q += static_cast<std::size_t>(width)) {
    asked.push_back({queries.subspan(q, static_cast<std::size_t>(width)), kNeighbors, {}});
  }
  return asked;
}

double PerQuery(double nanoseconds, const std::vector<Query>& queries) {
  return nanoseconds / static_cast<double>(queries.size());
}

double ScanCost(const VectorIndex& index, std::vector<Query> queries) {
  const base::BitSet some = SomeOf(index.size());
  for (Query& query : queries) query.allowed = &some;
  const double time = Nanoseconds([&] {
    for (const Query& query : queries) index.SearchBatch({&query, 1});
  });
  return PerQuery(time, queries) / static_cast<double>(some.Count());
}

// Up to the most that is worth asking for.
std::vector<SearchTime> SearchTimes(const VectorIndex& index, std::vector<Query> queries) {
  constexpr std::int64_t kLeastRanks = 8;
  base::BitSet all(index.size());
  all.Complement();
  for (Query& query : queries) query.allowed = &all;
  std::vector<SearchTime> times;
  for (std::int64_t ranks = kLeastRanks; ranks <= index.max_ranks(); ranks *= kRanksFactor) {
    const double time = Nanoseconds([&] {
      for (const Query& query : queries) index.SearchAndFilter(query, ranks);
    });
    times.push_back({ranks, PerQuery(time, queries)});
  }
  return times;
}

}  // namespace

double SearchCosts::Searched(std::int64_t ranks) const {
  if (searched.empty()) return std::numeric_limits<double>::infinity();
  const auto above = std::ranges::find_if(searched, [&](const SearchTime& time) { return time.ranks >= ranks; });
  if (above == searched.begin()) return searched.front().nanoseconds;
  const SearchTime& to = above == searched.end() ? searched.back() : *above;
  const SearchTime& from = searched.size() == 1 ? SearchTime{} : *(above == searched.end() ? above - 2 : above - 1);
  const double per_rank = (to.nanoseconds - from.nanoseconds) / static_cast<double>(to.ranks - from.ranks);
  return to.nanoseconds + per_rank * static_cast<double>(ranks - to.ranks);
}

SearchCosts MeasureCosts(const VectorIndex& index, std::span<const float> queries) {
  const std::vector<Query> asked = QueriesOf(queries, index.width());
  if (asked.empty() || index.size() == 0) return {};
  SearchCosts costs;
  costs.scanned = ScanCost(index, asked);
  if (index.gains_from_batches()) {
    costs.scanned_together =
        PerQuery(Nanoseconds([&] { index.SearchBatch(asked); }), asked) / static_cast<double>(index.size());
  }
  costs.searched = SearchTimes(index, asked);
  return costs;
}

bool FilteredSearch::SearchIsCheaper(std::int64_t ranks, std::int64_t matching) const {
  return ranks <= index_->max_ranks() && costs_.Searched(ranks) < ScanTime(matching);
}

SearchPlan FilteredSearch::PlanFor(std::int64_t k, std::int64_t matching, std::size_t queries) const {
  const bool together = queries > 1 && index_->gains_from_batches();
  if (together && costs_.scanned_together * static_cast<double>(index_->size()) < ScanTime(matching)) {
    return SearchPlan::kScanAll;
  }
  return SearchIsCheaper(RanksFor(k, matching, index_->size()), matching) ? SearchPlan::kSearchThenFilter
                                                                          : SearchPlan::kScanMatching;
}

PlannedAnswer FilteredSearch::SearchAlone(const Query& query, SearchPlan plan) const {
  if (plan == SearchPlan::kSearchThenFilter) {
    const std::int64_t matching = query.allowed->Count();
    for (std::int64_t ranks = RanksFor(query.k, matching, index_->size()); SearchIsCheaper(ranks, matching);
         ranks *= kRanksFactor) {
      std::vector<Neighbor> found = index_->SearchAndFilter(query, ranks);
      if (static_cast<std::int64_t>(found.size()) == query.k) return {std::move(found), plan};
    }
    plan = SearchPlan::kScanMatching;
  }
  return {std::move(index_->SearchBatch({&query, 1}).front()), plan};
}

std::vector<PlannedAnswer> FilteredSearch::SearchBatch(std::span<const Query> queries) const {
  std::vector<PlannedAnswer> answers(queries.size());
  std::vector<Query> together;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Query& query = queries[i];
    if (query.allowed != nullptr) answers[i].plan = PlanFor(query.k, query.allowed->Count(), queries.size());
    const SearchPlan plan = answers[i].plan;
    if (plan == SearchPlan::kUnfiltered || plan == SearchPlan::kScanAll) {
      together.push_back(query);
    } else {
      answers[i] = SearchAlone(query, plan);
    }
  }
  std::vector<std::vector<Neighbor>> found = index_->SearchBatch(together);
  auto next = found.begin();
  for (PlannedAnswer& answer : answers) {
    const bool joined = answer.plan == SearchPlan::kUnfiltered || answer.plan == SearchPlan::kScanAll;
    if (joined) answer.neighbors = std::move(*next++);
  }
  return answers;
}

}  // namespace shortlist::index
