#include "index/filtered_search.h"

#include <algorithm>
#include <numeric>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr std::int64_t kWidth = 16;
constexpr std::int64_t kCount = 8000;
constexpr std::int64_t kK = 10;
constexpr std::int64_t kQueries = 100;

base::BitSet Drawn(double share, std::mt19937_64& random) {
  base::BitSet set(kCount);
  for (std::int64_t id = 0; id < kCount; ++id) {
    if (std::generate_canonical<double, 53>(random) < share) set.Insert(id);
  }
  return set;
}

std::vector<std::int32_t> NotIn(const base::BitSet& set) {
  base::BitSet others = set;
  others.Complement();
  std::vector<std::int32_t> ids;
  others.ForEach([&](std::int64_t id) { ids.push_back(static_cast<std::int32_t>(id)); });
  return ids;
}

// Searches that cost nothing, so that they are taken while the index has room for so many neighbors; or the reverse.
SearchCosts CheapSearches() {
  return {.scanned = 1e6, .scanned_together = 1e7, .searched = {{1, 1.0}}};
}
SearchCosts DearSearches() {
  return {.scanned = 1e-6, .scanned_together = 1e7, .searched = {{1, 1e9}}};
}

std::vector<float> StoredVectors(const VectorIndex& index) {
  std::vector<float> vectors;
  for (std::int32_t id = 0; id < index.size(); ++id) {
    const std::vector<float> vector = index.Vector(id);
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  return vectors;
}

class FilteredSearchTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  std::vector<float> vectors_ = MadeVectors(kCount, kWidth, 3);
  std::vector<float> queries_ = MadeVectors(kQueries, kWidth, 4);
  VectorIndex index_ = VectorIndex::Build(SettingsOf(GetParam()), vectors_, kWidth, 1);
  std::vector<float> stored_ = StoredVectors(index_);  // which may be rounded
  std::mt19937_64 random_{5};

  bool approximate() const { return GetParam() != IndexKind::kFlat; }
};

TEST_P(FilteredSearchTest, ScansOfTheMatchingAreExact) {
  const FilteredSearch search(index_, DearSearches());
  for (const double share : {0.5, 0.1, 0.01, 0.001}) {
    const base::BitSet allowed = Drawn(share, random_);
    const Query query{Row(queries_, kWidth, 0), kK, {}, &allowed};
    const PlannedAnswer answer = search.SearchBatch({&query, 1}).front();
    EXPECT_EQ(answer.plan, SearchPlan::kScanMatching);
    EXPECT_EQ(Ids(answer.neighbors), TrueBest(stored_, query.vector, kK, NotIn(allowed))) << share;
  }
}

TEST_P(FilteredSearchTest, SearchesKeepTheRecallOfTheIndex) {
  if (!approximate()) GTEST_SKIP() << "it is always scanned";
  const FilteredSearch search(index_, CheapSearches());
  double found = 0;
  double found_of_all = 0;  // of as many neighbors as are searched for
  constexpr std::int64_t kRanks = 37;
  for (std::int64_t q = 0; q < kQueries; ++q) {
    const base::BitSet allowed = Drawn(0.5, random_);
    const Query query{Row(queries_, kWidth, q), kK, {}, &allowed};
    const PlannedAnswer answer = search.SearchBatch({&query, 1}).front();
    EXPECT_EQ(answer.plan, SearchPlan::kSearchThenFilter);
    EXPECT_EQ(answer.neighbors.size(), kK);
    found += ShareFound(TrueBest(stored_, query.vector, kK, NotIn(allowed)), Ids(answer.neighbors)) / kQueries;
    found_of_all +=
        ShareFound(TrueBest(stored_, query.vector, kRanks), Ids(index_.Search(query.vector, kRanks))) / kQueries;
  }
  EXPECT_GE(found, found_of_all - 0.005);
}

// Only the worst items are allowed, which no search for the best finds.
TEST_P(FilteredSearchTest, FindsAllThatRemainWhereSearchesFindNone) {
  const FilteredSearch search(index_, CheapSearches());
  const auto query_vector = Row(queries_, kWidth, 0);
  const std::vector<std::int32_t> ranked = TrueBest(stored_, query_vector, kCount);
  base::BitSet allowed(kCount);
  for (auto id = ranked.end() - 3000; id < ranked.end(); ++id) allowed.Insert(*id);
  const std::vector<std::int32_t> excluded = [&] {
    std::vector<std::int32_t> ids(ranked.end() - 2990, ranked.end());
    std::ranges::sort(ids);
    return ids;
  }();
  const Query query{query_vector, 50, excluded, &allowed};
  EXPECT_THAT(Ids(search.SearchBatch({&query, 1}).front().neighbors),
              ::testing::ElementsAreArray(ranked.end() - 3000, ranked.end() - 2990));
}

TEST_P(FilteredSearchTest, AllowedByNobodyIsFoundByNobody) {
  const base::BitSet nothing(kCount);
  const Query query{Row(queries_, kWidth, 0), kK, {}, &nothing};
  EXPECT_THAT(FilteredSearch(index_, CheapSearches()).SearchBatch({&query, 1}).front().neighbors, IsEmpty());
}

TEST_P(FilteredSearchTest, BatchesMixFilteredAndUnfiltered) {
  SearchCosts costs = DearSearches();
  costs.scanned_together = 0;
  const FilteredSearch search(index_, costs);
  const base::BitSet half = Drawn(0.5, random_);
  const Query filtered{Row(queries_, kWidth, 0), kK, {}, &half};
  const Query free{Row(queries_, kWidth, 1), kK, {}};
  const std::vector<PlannedAnswer> answers = search.SearchBatch(std::vector<Query>{free, filtered, free});
  EXPECT_EQ(answers[0].plan, SearchPlan::kUnfiltered);
  EXPECT_EQ(answers[1].plan, approximate() ? SearchPlan::kScanMatching : SearchPlan::kScanAll);
  EXPECT_EQ(Ids(answers[1].neighbors), TrueBest(stored_, filtered.vector, kK, NotIn(half)));
  EXPECT_EQ(Ids(answers[0].neighbors), Ids(index_.Search(free.vector, kK)));
  EXPECT_EQ(Ids(answers[2].neighbors), Ids(answers[0].neighbors));
}

// The costs are those of this machine, so any plan may be taken.
TEST_P(FilteredSearchTest, NeverReturnsTheUnwantedNorTooFew) {
  const FilteredSearch search(index_, MeasureCosts(index_, queries_));
  for (int trial = 0; trial < 300; ++trial) {
    const double share = std::pow(10.0, -4 * std::generate_canonical<double, 53>(random_));
    const base::BitSet allowed = Drawn(share, random_);
    const base::BitSet seen = Drawn(0.01, random_);
    base::BitSet unseen = seen;
    unseen.Complement();
    const std::vector<std::int32_t> excluded = NotIn(unseen);
    const auto k = static_cast<std::int64_t>(1 + random_() % 100);
    const Query query{Row(queries_, kWidth, trial % kQueries), k, excluded, &allowed};
    const std::vector<Neighbor> found = search.SearchBatch({&query, 1}).front().neighbors;
    base::BitSet wanted = allowed;
    wanted.Intersect(unseen);
    ASSERT_EQ(static_cast<std::int64_t>(found.size()), std::min(k, wanted.Count()));
    ASSERT_TRUE(std::ranges::is_sorted(found, Better));
    for (const Neighbor& neighbor : found) ASSERT_TRUE(wanted.Contains(neighbor.id));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, FilteredSearchTest,
                         ::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat,
                                           IndexKind::kIvfPqFastScan, IndexKind::kIvfSq8),
                         [](const auto& kind) { return KindName(kind.param); });

TEST(SearchCostsTest, InterpolateWhatWasMeasured) {
  const SearchCosts costs{.scanned = 1, .scanned_together = 1, .searched = {{8, 100}, {32, 100}, {128, 196}}};
  EXPECT_EQ(costs.Searched(1), 100);
  EXPECT_EQ(costs.Searched(20), 100);
  EXPECT_EQ(costs.Searched(80), 148);
  EXPECT_EQ(costs.Searched(228), 296);
  EXPECT_EQ(SearchCosts().Searched(1), std::numeric_limits<double>::infinity());
}

TEST(SearchCostsTest, AreMeasuredOnTheIndex) {
  const std::vector<float> vectors = MadeVectors(kCount, kWidth, 3);
  const VectorIndex index = VectorIndex::Build(SettingsOf(IndexKind::kHnsw), vectors, kWidth, 1);
  const SearchCosts costs = MeasureCosts(index, MadeVectors(4, kWidth, 4));
  EXPECT_GT(costs.scanned, 0);
  ASSERT_GE(costs.searched.size(), 2U);
  EXPECT_THAT(costs.searched, Each(Field(&SearchTime::nanoseconds, ::testing::Gt(0.0))));
  EXPECT_LE(costs.searched.back().ranks, index.max_ranks());
  EXPECT_TRUE(MeasureCosts(index, {}).searched.empty());
}

// Loose filters are searched, tight ones scanned, and the border is where the costs meet.
TEST(FilteredSearchPlanTest, FollowsTheCosts) {
  const std::vector<float> vectors = MadeVectors(kCount, kWidth, 3);
  const VectorIndex index = VectorIndex::Build(SettingsOf(IndexKind::kHnsw), vectors, kWidth, 1);
  const FilteredSearch search(index, {.scanned = 10, .scanned_together = 10, .searched = {{8, 8000}, {32, 32000}}});
  EXPECT_EQ(search.PlanFor(kK, 6400, 1), SearchPlan::kSearchThenFilter);  // 23 ranks: 23,000 ns against 64,000
  EXPECT_EQ(search.PlanFor(kK, 3200, 1), SearchPlan::kScanMatching);      // 45 ranks: 45,000 ns against 32,000
  EXPECT_EQ(search.PlanFor(kK, 0, 1), SearchPlan::kScanMatching);
}

}  // namespace
}  // namespace shortlist::index
