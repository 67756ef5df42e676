#include "eval/buckets.h"

#include <cmath>
#include <cstddef>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

void AddShopper(std::size_t history_length, std::vector<std::int32_t> targets, EvaluationSet& set) {
  set.queries.push_back(QueryOf(std::vector<std::int32_t>(history_length, 0)));
  set.targets.push_back(std::move(targets));
}

auto IsBucket(const std::string& name, std::int64_t shoppers, double recall) {
  return ::testing::AllOf(Field(&BucketScore::bucket, name), Field(&BucketScore::shoppers, shoppers),
                          Field(&BucketScore::recall, ::testing::DoubleEq(recall)));
}

TEST(HistoryBucketsTest, EdgesBelongToTheBucketThatTheyName) {
  EvaluationSet set;
  for (const std::size_t length : {1, 4, 5, 9, 99, 100, 1000}) AddShopper(length, {1}, set);
  const Rankings rankings = {{1}, {2}, {2}, {2}, {1}, {1}, {1}};
  EXPECT_THAT(ScoreByHistoryLength(set, rankings, 1),
              ElementsAre(IsBucket("history 1-4", 2, 0.5), IsBucket("history 5-9", 2, 0),
                          IsBucket("history 50-99", 1, 1), IsBucket("history 100+", 2, 1)));
}

TEST(PopularityBucketsTest, CountOnlyTheTargetsInTheBucket) {
  EvaluationSet set;
  set.item_events.resize(11);
  std::iota(set.item_events.begin(), set.item_events.end(), 0);  // item 10 is the most popular, item 0 unseen
  AddShopper(1, {0, 9, 10}, set);
  AddShopper(1, {1}, set);
  const Rankings rankings = {{10, 0}, {10, 1}};
  const std::vector<BucketScore> buckets = ScoreByItemPopularity(set, rankings, 2);
  EXPECT_THAT(buckets, ElementsAre(IsBucket("item not in training", 1, 1), IsBucket("item popularity 0-20%", 1, 1),
                                   IsBucket("item popularity 80-100%", 1, 0.5)));
  EXPECT_DOUBLE_EQ(buckets[2].ndcg, 1 / (1 + 1 / std::log2(3)));
}

}  // namespace
}  // namespace shortlist::eval
