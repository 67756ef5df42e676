#include "serve/recall_canary.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "serve/made_bundle.h"
#include "telemetry/reading.h"

namespace shortlist::serve {
namespace {

class RecallCanaryTest : public ::testing::Test {
 protected:
  RecallCanaryTest() : query_(snapshot_->UserQuery(3)) {}

  static std::shared_ptr<const ServingSnapshot> Load() {
    const ScratchFolder folder;
    return ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder.path()));
  }

  CanaryQuery QueryFor(std::int64_t k, std::vector<std::int32_t> excluded) const {
    CanaryQuery query{snapshot_, query_, k, std::move(excluded), {}};
    for (const auto& neighbor : snapshot_->bundle().items().Search(query.query, k, query.excluded)) {
      query.scores.push_back(neighbor.score);
    }
    return query;
  }

  ItemSearch SearchOf(std::int64_t k, const std::vector<index::Neighbor>& neighbors) const {
    return {snapshot_, query_, k, {}, nullptr, neighbors, index::SearchPlan::kUnfiltered};
  }

  double Value(const std::string& name) const { return telemetry::ValueOf(*metrics_.collectable(), name); }

  std::shared_ptr<const ServingSnapshot> snapshot_ = Load();
  std::vector<float> query_;
  telemetry::ServingMetrics metrics_;
};

TEST_F(RecallCanaryTest, AnExactAnswerHasFullRecall) {
  const CanaryResult result = AnswerExactly(QueryFor(10, {0, 7}));
  EXPECT_EQ(result.expected, 10);
  EXPECT_EQ(result.hits, 10);
}

TEST_F(RecallCanaryTest, CountsWhatIsMissing) {
  CanaryQuery query = QueryFor(10, {});
  query.scores.resize(8);
  query.scores.front() = query.scores.back() - 100;
  EXPECT_EQ(AnswerExactly(query).hits, 7);
}

TEST_F(RecallCanaryTest, ExpectsNoMoreThanThereIs) {
  const CanaryResult result = AnswerExactly(QueryFor(1000, {1, 2, 3}));
  EXPECT_EQ(result.expected, kItems - 3);
  EXPECT_EQ(result.hits, kItems - 3);
}

TEST_F(RecallCanaryTest, ExpectsNothingThatAFilterKeepsOut) {
  CanaryQuery query = QueryFor(10, {0});
  query.allowed.emplace(kItems);
  for (const std::int64_t item : {0, 4, 9}) query.allowed->Insert(item);
  EXPECT_EQ(AnswerExactly(query).expected, 2);
}

TEST_F(RecallCanaryTest, ReportsWhatItFinds) {
  RecallCanary canary({1.0, 64}, metrics_);
  const auto neighbors = snapshot_->bundle().items().Search(query_, 5);
  for (int i = 0; i < 3; ++i) canary.Offer(SearchOf(5, neighbors));
  const auto handled = [&] {
    return Value("shortlist_recall_canary_queries_total") + Value("shortlist_recall_canary_dropped_total");
  };
  while (handled() < 3) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const double queries = Value("shortlist_recall_canary_queries_total");
  EXPECT_GE(queries, 1);
  EXPECT_EQ(Value("shortlist_recall_canary_expected_total"), 5 * queries);
  EXPECT_EQ(Value("shortlist_recall_canary_hits_total"), 5 * queries);
}

TEST_F(RecallCanaryTest, TakesItsShareOfSearches) {
  RecallCanary none({0.0, 64}, metrics_);
  RecallCanary half({0.5, 1}, metrics_);
  const auto neighbors = snapshot_->bundle().items().Search(query_, 1);
  for (int i = 0; i < 2000; ++i) none.Offer(SearchOf(1, neighbors));
  EXPECT_EQ(Value("shortlist_recall_canary_dropped_total"), 0);
  for (int i = 0; i < 2000; ++i) half.Offer(SearchOf(1, neighbors));
  // Chosen are those that are dropped or answered, and at most two that still wait or are being answered.
  const double chosen = Value("shortlist_recall_canary_queries_total") + Value("shortlist_recall_canary_dropped_total");
  EXPECT_NEAR(chosen, 1000, 150);
  EXPECT_GT(Value("shortlist_recall_canary_dropped_total"), 0);
}

}  // namespace
}  // namespace shortlist::serve
