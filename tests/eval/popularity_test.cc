#include "eval/popularity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;

class PopularityTest : public ::testing::Test {
 protected:
  std::vector<Query> queries_ = {QueryOf({2}), QueryOf({0, 1, 0})};
  base::ThreadPool pool_{1};
  PopularityRecommender recommender_{"popularity", {2, 0, 1, 3}, pool_};
};

TEST_F(PopularityTest, EverybodyGetsTheSameOrder) {
  EXPECT_THAT(recommender_.Rank(queries_, 3, SeenRule::kAllow),
              ElementsAre(ElementsAre(2, 0, 1), ElementsAre(2, 0, 1)));
}

TEST_F(PopularityTest, MaskingSkipsTheShoppersOwnItems) {
  EXPECT_THAT(recommender_.Rank(queries_, 3, SeenRule::kMask), ElementsAre(ElementsAre(0, 1, 3), ElementsAre(2, 3)));
}

}  // namespace
}  // namespace shortlist::eval
