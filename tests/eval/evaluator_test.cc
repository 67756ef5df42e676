#include "eval/evaluator.h"

#include <cmath>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/buckets.h"
#include "eval/fixtures.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;

class FixedRecommender : public Recommender {
 public:
  explicit FixedRecommender(Rankings rankings) : rankings_(std::move(rankings)) {}

  std::string Name() const override { return "fixed"; }
  Rankings Rank(std::span<const Query>, std::int64_t k, SeenRule seen) const override {
    asked_k_ = k;
    asked_seen_ = seen;
    return rankings_;
  }

  mutable std::int64_t asked_k_ = 0;
  mutable SeenRule asked_seen_ = SeenRule::kMask;

 private:
  Rankings rankings_;
};

class EvaluatorTest : public ::testing::Test {
 protected:
  EvaluatorTest() {
    set_.seen = SeenRule::kAllow;
    set_.queries = {QueryOf({0}), QueryOf({0, 1})};
    set_.targets = {{2, 3}, {1}};
    set_.item_events = {8, 4, 2, 1, 0};
    settings_.k = {1, 3};
  }

  EvaluationSet set_;
  EvaluateSettings settings_;
  FixedRecommender recommender_{{{0, 2, 4}, {1, 0, 4}}};
};

TEST_F(EvaluatorTest, AveragesOverShoppersForEveryLength) {
  const EvaluationRow row = Evaluate(recommender_, set_, settings_, 1);
  ASSERT_THAT(row.at, ElementsAre(Key(1), Key(3)));
  EXPECT_DOUBLE_EQ(row.at.at(1).recall.value, 0.5);
  EXPECT_DOUBLE_EQ(row.at.at(1).hit_rate.value, 0.5);
  EXPECT_DOUBLE_EQ(row.at.at(3).recall.value, 0.75);
  EXPECT_DOUBLE_EQ(row.at.at(3).hit_rate.value, 1);
  EXPECT_DOUBLE_EQ(row.at.at(3).mrr.value, 0.75);
  const double second_place = 1 / std::log2(3);
  EXPECT_DOUBLE_EQ(row.at.at(3).ndcg.value, (second_place / (1 + second_place) + 1) / 2);
}

TEST_F(EvaluatorTest, DescribesTheProtocolAndWhatWasAsked) {
  const EvaluationRow row = Evaluate(recommender_, set_, settings_, 1);
  EXPECT_EQ(row.recommender, "fixed");
  EXPECT_EQ(row.seen, SeenRule::kAllow);
  EXPECT_EQ(row.shoppers, 2);
  EXPECT_EQ(row.targets, 3);
  EXPECT_EQ(recommender_.asked_k_, 3);
  EXPECT_EQ(recommender_.asked_seen_, SeenRule::kAllow);
}

TEST_F(EvaluatorTest, CoverageAndPopularityAreOfTheShownPlaces) {
  const EvaluationRow row = Evaluate(recommender_, set_, settings_, 1);
  EXPECT_DOUBLE_EQ(row.at.at(1).coverage, 2.0 / 5);
  EXPECT_DOUBLE_EQ(row.at.at(1).mean_popularity, (1 + 0.75) / 2);
  EXPECT_DOUBLE_EQ(row.at.at(3).coverage, 4.0 / 5);
  EXPECT_DOUBLE_EQ(row.at.at(3).mean_popularity, (1 + 0.5 + 0 + 0.75 + 1 + 0) / 6);
  EXPECT_DOUBLE_EQ(row.at.at(3).gini, (6 - 2 * (1 * 2 + 2 * 2 + 3 + 4) / 6.0) / 5);
  EXPECT_DOUBLE_EQ(row.concentration[8], 4.0 / 6) << "the most shown two of five items";
}

TEST_F(EvaluatorTest, IntervalsHoldTheMean) {
  const EvaluationRow row = Evaluate(recommender_, set_, settings_, 1);
  const Metric& recall = row.at.at(1).recall;
  EXPECT_LT(recall.low, recall.value);
  EXPECT_GT(recall.high, recall.value);
}

TEST_F(EvaluatorTest, BucketsAreScoredAtTheLargestLength) {
  const EvaluationRow row = Evaluate(recommender_, set_, settings_, 1);
  ASSERT_EQ(row.by_history_length.size(), 1U);
  EXPECT_DOUBLE_EQ(row.by_history_length[0].recall, 0.75);
  EXPECT_EQ(row.by_item_popularity.size(), 3U);
}

TEST_F(EvaluatorTest, ASetWithoutShoppersScoresZero) {
  EvaluationSet nobody;
  nobody.item_events = {1, 2};
  const EvaluationRow row = Evaluate(FixedRecommender(Rankings{}), nobody, settings_, 1);
  EXPECT_EQ(row.shoppers, 0);
  EXPECT_EQ(row.at.at(3).recall.value, 0);
  EXPECT_EQ(row.at.at(3).recall.high, 0);
  EXPECT_EQ(row.at.at(3).coverage, 0);
}

TEST_F(EvaluatorTest, ARecommenderThatForgetsShoppersIsAnError) {
  EXPECT_THROW(Evaluate(FixedRecommender(Rankings{{0}}), set_, settings_, 1), Error);
}

TEST_F(EvaluatorTest, NoLengthIsAnError) {
  settings_.k.clear();
  EXPECT_THROW(Evaluate(recommender_, set_, settings_, 1), Error);
}

}  // namespace
}  // namespace shortlist::eval
