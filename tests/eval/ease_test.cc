#include "eval/ease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;

// Items 0 and 1 are bought together, and so are 2 and 3; nobody bought item 4.
class EaseTest : public ::testing::Test {
 protected:
  EaseTest() { settings_.regularization = 1; }

  std::vector<std::int32_t> Rank(const Query& query, SeenRule seen, std::int64_t k = 5) {
    const EaseRecommender recommender(ItemPrecision(ItemsByUser({part_.get()}), 5, settings_, pool_), settings_,
                                      {4, 0, 1, 2, 3}, factors_, pool_);
    return recommender.Rank({&query, 1}, k, seen).front();
  }

  PartFixture part_{{{{0, 0}, {1, 1}}, {{0, 0}, {1, 1}}, {{2, 0}, {3, 1}}, {{2, 0}, {3, 1}}, {{2, 0}, {3, 1}}}};
  base::ThreadPool pool_{1};
  EaseSettings settings_;
  std::vector<float> factors_ = {1, 1, 1, 1, 1};
};

TEST_F(EaseTest, WhatIsBoughtTogetherComesFirstThenThePopular) {
  EXPECT_THAT(Rank(QueryOf({2}), SeenRule::kMask), ElementsAre(3, 4, 0, 1));
}

// With two items a and b of n common shoppers, B_ab = n / (n + r), and an item says nothing about itself.
TEST_F(EaseTest, AnItemDoesNotRecommendItself) {
  EXPECT_THAT(Rank(QueryOf({2}), SeenRule::kAllow, 2), ElementsAre(3, 4));
  EXPECT_THAT(Rank(QueryOf({0, 2}), SeenRule::kAllow, 2), ElementsAre(3, 1));
}

TEST_F(EaseTest, ShoppersWithoutAKnownItemGetThePopular) {
  EXPECT_THAT(Rank(QueryOf({4}), SeenRule::kMask, 2), ElementsAre(0, 1));
}

TEST_F(EaseTest, DecayPrefersTheLastEvents) {
  EXPECT_THAT(Rank(QueryOf({2, 0}), SeenRule::kMask, 2), ElementsAre(3, 1));
  settings_.history_decay = 0.5;
  EXPECT_THAT(Rank(QueryOf({2, 0}), SeenRule::kMask, 2), ElementsAre(1, 3));
}

TEST_F(EaseTest, DemandPrefersWhatIsBoughtNow) {
  factors_ = {1, 2, 1, 1, 1};
  EXPECT_THAT(Rank(QueryOf({2, 0}), SeenRule::kMask, 2), ElementsAre(1, 3));
}

TEST_F(EaseTest, RegularizationCountsRareItemsLess) {
  settings_.regularization = 1e-3;
  factors_ = {1, 1.01F, 1, 1, 1};
  EXPECT_THAT(Rank(QueryOf({2, 0}), SeenRule::kMask, 2), ElementsAre(1, 3));
  settings_.regularization = 10;
  EXPECT_THAT(Rank(QueryOf({2, 0}), SeenRule::kMask, 2), ElementsAre(3, 1));
}

}  // namespace
}  // namespace shortlist::eval
