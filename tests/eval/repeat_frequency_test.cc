#include "eval/repeat_frequency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kDay = 86400;

class RepeatFrequencyTest : public ::testing::Test {
 protected:
  std::vector<std::int32_t> Rank(std::vector<std::int32_t> history, const std::vector<std::int64_t>& days,
                                 SeenRule seen) {
    Query query;
    query.history = std::move(history);
    for (const std::int64_t day : days) query.times.push_back(day * kDay);
    return recommender_.Rank({&query, 1}, 4, seen).front();
  }

  base::ThreadPool pool_{1};
  RepeatFrequencyRecommender recommender_{10, {1, 5, 0, 9}, pool_};
};

TEST_F(RepeatFrequencyTest, FrequentItemsLeadThePopularOnesFollow) {
  EXPECT_THAT(Rank({0, 2, 2}, {0, 0, 0}, SeenRule::kAllow), ElementsAre(2, 0, 3, 1));
}

TEST_F(RepeatFrequencyTest, OneRecentPurchaseOutweighsTwoOldOnes) {
  EXPECT_THAT(Rank({2, 2, 0}, {0, 0, 11}, SeenRule::kAllow), ElementsAre(0, 2, 3, 1));
  EXPECT_THAT(Rank({2, 2, 0}, {0, 0, 9}, SeenRule::kAllow), ElementsAre(2, 0, 3, 1));
}

TEST_F(RepeatFrequencyTest, ItemsOfOneBasketGoByDemand) {
  EXPECT_THAT(Rank({2, 0, 1}, {3, 3, 3}, SeenRule::kAllow), ElementsAre(1, 0, 2, 3));
}

TEST_F(RepeatFrequencyTest, MaskingLeavesThePopularItems) {
  EXPECT_THAT(Rank({0, 2}, {0, 1}, SeenRule::kMask), ElementsAre(3, 1));
}

}  // namespace
}  // namespace shortlist::eval
