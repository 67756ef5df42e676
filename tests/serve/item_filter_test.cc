// Filters of requests, from the condition to the answer. What is found among many items is checked against a look at
// every item, for every kind of index.
#include "serve/item_filter.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filter/condition_text.h"
#include "filter/made_conditions.h"
#include "index/filtered_search.h"
#include "serve/made_bundle.h"
#include "serve/retrieval.h"

namespace shortlist::serve {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::SizeIs;

class ItemFilterTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const ServingSnapshot> Load() {
    const ScratchFolder folder;
    return ServingSnapshot::Load(WriteRepeatBundle(MadeRetailer(), folder.path()));
  }

  static RequestFilter Where(const char* text) { return {filter::ParseCondition(text), {}, {}}; }

  static RecommendRequest Asking(std::optional<std::string_view> user, RequestFilter filter) {
    RecommendRequest request;
    request.user_id = user;
    request.k = 10;
    request.filter = std::move(filter);
    return request;
  }

  static std::vector<std::string> Names(const std::vector<ScoredEntry>& entries) {
    std::vector<std::string> names;
    for (const ScoredEntry& entry : entries) names.emplace_back(entry.id);
    return names;
  }

  std::shared_ptr<const ServingSnapshot> snapshot_ = Load();
  RetrievalService retrieval_{{}, {snapshot_}};
};

TEST_F(ItemFilterTest, AllowsWhatTheConditionAndTheListBothAllow) {
  RequestFilter filter = Where("price < 6");
  const CatalogDelta unchanged;
  const CatalogView view(*snapshot_, unchanged);
  EXPECT_EQ(ItemFilter(view, filter, {}).allowed_in_index()->Count(), 6);
  filter.only_ids = {"item-5", "item-9", "item-5", "nobody's"};
  const ItemFilter both(view, filter, {9, 12});
  EXPECT_EQ(both.allowed_in_index()->Count(), 1);
  EXPECT_TRUE(both.Allows(5));
  EXPECT_FALSE(both.Allows(9));
  EXPECT_FALSE(both.Allows(4));
  EXPECT_EQ(ItemFilter(view, {}, {}).allowed_in_index(), nullptr);
}

TEST_F(ItemFilterTest, EveryAnswerObeysIt) {
  const RequestFilter filter = Where("brand in ('brand 1', 'brand 3') and stock > 0 and price < 40");
  const auto obeys = [](const ScoredEntry& entry) {
    const int item = std::stoi(std::string(entry.id.substr(5)));
    return (item % 5 == 1 || item % 5 == 3) && item % 3 > 0 && item < 40;
  };
  for (const char* user : {"user-0", "user-4", "user-11"}) {
    for (const SeenPolicy seen : {SeenPolicy::kMask, SeenPolicy::kAllow}) {
      RecommendRequest request = Asking(user, filter);
      request.seen = seen;
      const Recommendation answer = retrieval_.Recommend(request);
      EXPECT_TRUE(std::ranges::all_of(answer.items, obeys)) << user;
      EXPECT_TRUE(seen == SeenPolicy::kMask || answer.items.size() == 10);
    }
  }
  const SimilarResult similar = retrieval_.SimilarItems({.id = "item-1", .k = 50, .exclude_ids = {}, .filter = filter});
  EXPECT_THAT(similar.entries, SizeIs(9));
  EXPECT_TRUE(std::ranges::all_of(similar.entries, obeys));
}

// Own items carry terms of their own and must not slip in beside the search.
TEST_F(ItemFilterTest, OwnItemsThatMayComeBackObeyIt) {
  RecommendRequest request = Asking("user-5", {});
  request.seen = SeenPolicy::kAllow;
  request.filter.only_ids = {"item-15", "item-17", "item-40"};
  EXPECT_THAT(Names(retrieval_.Recommend(request).items),
              ::testing::UnorderedElementsAre("item-15", "item-17", "item-40"));
  request.filter = Where("price > 20");
  EXPECT_THAT(retrieval_.Recommend(request).items, Each(Field(&ScoredEntry::reason, Ne(ItemReason::kRepeat))));
}

TEST_F(ItemFilterTest, ThePopularOnesObeyIt) {
  EXPECT_THAT(Names(retrieval_.Recommend(Asking("a stranger", Where("price < 3 or price > 48"))).items),
              ElementsAre("item-49", "item-2", "item-1", "item-0"));
}

TEST_F(ItemFilterTest, NothingIsAllowedIsAnEmptyAnswer) {
  EXPECT_THAT(retrieval_.Recommend(Asking("user-4", Where("price > 1000"))).items, SizeIs(0));
}

TEST_F(ItemFilterTest, AConditionThatDoesNotFitHarmsNoOtherRequest) {
  const std::vector<RecommendRequest> requests = {Asking("user-4", Where("color = 'red'")),
                                                  Asking("user-4", Where("price < 20")),
                                                  Asking("user-4", Where("price = 'cheap'"))};
  const auto outcomes = retrieval_.RecommendBatch(requests).outcomes;
  EXPECT_THAT(std::get<Error>(outcomes[0]).what(), HasSubstr("where, at character 1: there is no attribute 'color'"));
  EXPECT_THAT(std::get<Recommendation>(outcomes[1]).items, SizeIs(10));
  EXPECT_EQ(std::get<Error>(outcomes[2]).code(), Code::kInvalidArgument);
  EXPECT_THROW(retrieval_.Recommend(requests[0]), Error);
}

TEST_F(ItemFilterTest, ListsAreLimited) {
  LimitSettings limits;
  limits.max_allowed = 2;
  const RetrievalService narrow(limits, {snapshot_});
  RecommendRequest request = Asking("user-4", {});
  request.filter.only_ids = {"item-1", "item-2", "item-3"};
  EXPECT_THROW(narrow.Recommend(request), Error);
}

// Many items with random attributes, behind an index of a kind.
class FilteredItems {
 public:
  explicit FilteredItems(IndexKind kind)
      : vectors_(DrawVectors()),
        records_(filter::MadeRecords(kCount, random_)),
        table_(filter::MadeFilterSettings(), kCount, [this](std::int64_t item) { return RecordOf(item); }),
        index_(index::VectorIndex::Build({.kind = kind}, vectors_, kWidth, 2)),
        stored_(StoredVectors()),
        search_(index_, index::MeasureCosts(index_, std::span(vectors_).first(8 * kWidth))) {}

  // Asks for random conditions, and holds the answers against a look at every item.
  void AskOften(int times) {
    double recall = 0;
    for (int time = 0; time < times && !::testing::Test::HasFatalFailure(); ++time) AskOnce(recall);
    EXPECT_GE(recall / times, 0.95);
  }

 private:
  static constexpr std::int64_t kCount = 4500;
  static constexpr std::int64_t kWidth = 8;
  static constexpr double kRounding = 1e-5;  // of scores up to about 20 in single precision

  std::vector<float> DrawVectors() {
    std::normal_distribution<float> normal;
    std::vector<float> vectors(kCount * kWidth);
    std::ranges::generate(vectors, [&] { return normal(random_); });
    return vectors;
  }

  std::vector<float> StoredVectors() const {
    std::vector<float> vectors;
    for (std::int32_t item = 0; item < kCount; ++item) {
      const std::vector<float> vector = index_.Vector(item);
      vectors.insert(vectors.end(), vector.begin(), vector.end());
    }
    return vectors;
  }

  const features::Record& RecordOf(std::int64_t item) const { return records_[static_cast<std::size_t>(item)]; }
  // As the index holds it, which may round it.
  std::span<const float> VectorOf(std::int64_t item) const {
    return std::span(stored_).subspan(static_cast<std::size_t>(item * kWidth), kWidth);
  }

  double TrueScore(const index::Query& query, std::int64_t item) const {
    const auto vector = VectorOf(item);
    return std::inner_product(vector.begin(), vector.end(), query.vector.begin(), 0.0);
  }

  std::vector<std::int32_t> TrueBest(const filter::Condition& condition, const index::Query& query) const {
    std::vector<std::pair<double, std::int32_t>> ranked;
    for (std::int32_t item = 0; item < kCount; ++item) {
      if (item == query.excluded.front() || !filter::Holds(condition, RecordOf(item))) continue;
      ranked.emplace_back(-TrueScore(query, item), item);
    }
    const auto k = std::min(ranked.size(), static_cast<std::size_t>(query.k));
    std::ranges::partial_sort(ranked, ranked.begin() + static_cast<std::ptrdiff_t>(k));
    ranked.resize(k);
    std::vector<std::int32_t> best;
    for (const auto& [score, item] : ranked) best.push_back(item);
    return best;
  }

  // Items whose scores differ by no more than a float rounds may change places.
  void ExpectSameRanking(const index::Query& query, std::span<const std::int32_t> found,
                         std::span<const std::int32_t> best) const {
    EXPECT_EQ(std::set(found.begin(), found.end()).size(), found.size());
    for (std::size_t rank = 0; rank < best.size(); ++rank)
      ASSERT_NEAR(TrueScore(query, found[rank]), TrueScore(query, best[rank]), kRounding) << "at rank " << rank;
  }

  void AskOnce(double& recall) {
    const filter::Condition condition = filter::MadeCondition(random_);
    const base::BitSet allowed = table_.Matching(condition);
    const std::vector<std::int32_t> excluded = {static_cast<std::int32_t>(random_() % kCount)};
    const index::Query query{VectorOf(static_cast<std::int64_t>(random_() % kCount)),
                             static_cast<std::int64_t>(1 + random_() % 20), excluded, &allowed};
    const std::vector<std::int32_t> best = TrueBest(condition, query);
    const index::PlannedAnswer answer = search_.SearchBatch({&query, 1}).front();
    const std::vector<std::int32_t> found = index::IdsOf(answer.neighbors);
    ASSERT_EQ(found.size(), best.size());
    if (answer.plan == index::SearchPlan::kScanMatching) ExpectSameRanking(query, found, best);
    std::int64_t hits = 0;
    for (const std::int32_t item : found) {
      ASSERT_TRUE(item != excluded.front() && filter::Holds(condition, RecordOf(item)));
      hits += std::ranges::count(best, item);
    }
    recall += best.empty() ? 1 : static_cast<double>(hits) / static_cast<double>(best.size());
  }

  std::mt19937_64 random_{23};
  std::vector<float> vectors_;
  std::vector<features::Record> records_;
  filter::AttributeTable table_;
  index::VectorIndex index_;
  std::vector<float> stored_;
  index::FilteredSearch search_;
};

class FilteredItemsTest : public ::testing::TestWithParam<IndexKind> {};
TEST_P(FilteredItemsTest, ConditionsAreObeyed) {
  FilteredItems(GetParam()).AskOften(300);
}

class FilteredItemsSlowTest : public ::testing::TestWithParam<IndexKind> {};
TEST_P(FilteredItemsSlowTest, TenThousandConditionsAreObeyed) {
  FilteredItems(GetParam()).AskOften(10000);
}

constexpr std::array kKinds = {IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat, IndexKind::kIvfPqFastScan,
                               IndexKind::kIvfSq8};
std::string KindName(const ::testing::TestParamInfo<IndexKind>& kind) {
  return std::string(EnumNames<IndexKind>::kNames.at(static_cast<std::size_t>(kind.param)));
}
INSTANTIATE_TEST_SUITE_P(Kinds, FilteredItemsTest, ::testing::ValuesIn(kKinds), KindName);
INSTANTIATE_TEST_SUITE_P(Kinds, FilteredItemsSlowTest, ::testing::ValuesIn(kKinds), KindName);

}  // namespace
}  // namespace shortlist::serve
