#include "eval/comparison.h"

#include <vector>

#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

constexpr MetricName kMetric = {MetricKind::kHitRate, 1};
constexpr std::int64_t kSamples = 1000;

// Shopper i bought item i alone.
EvaluationSet SetOf(std::int32_t shoppers) {
  EvaluationSet set;
  for (std::int32_t shopper = 0; shopper < shoppers; ++shopper) {
    set.queries.emplace_back();
    set.targets.push_back({shopper});
  }
  return set;
}

// Finds what every `period`th shopper bought.
Rankings FindingEvery(std::int32_t period, std::int32_t shoppers) {
  Rankings rankings;
  for (std::int32_t shopper = 0; shopper < shoppers; ++shopper) {
    rankings.push_back({shopper % period == 0 ? shopper : shoppers});
  }
  return rankings;
}

TEST(ComparisonTest, GivesBothMeansAndTheirDifference) {
  const Comparison both = Compare(FindingEvery(2, 400), FindingEvery(4, 400), SetOf(400), kMetric, kSamples, 1);
  EXPECT_DOUBLE_EQ(both.first.value, 0.5);
  EXPECT_DOUBLE_EQ(both.second.value, 0.25);
  EXPECT_DOUBLE_EQ(both.difference.value, 0.25);
  EXPECT_GT(both.difference.low, 0.2);
  EXPECT_LT(both.difference.high, 0.3);
}

TEST(ComparisonTest, EqualRankingsDifferByNothingHoweverWideTheirIntervals) {
  const Comparison same = Compare(FindingEvery(2, 20), FindingEvery(2, 20), SetOf(20), kMetric, kSamples, 1);
  EXPECT_LT(same.first.low, same.first.high);
  EXPECT_EQ(same.difference.low, 0);
  EXPECT_EQ(same.difference.high, 0);
}

}  // namespace
}  // namespace shortlist::eval
