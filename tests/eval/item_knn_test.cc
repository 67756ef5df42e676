#include "eval/item_knn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;

// Items 0 and 1 are bought together, and so are 2 and 3; nobody bought item 4.
class ItemKnnTest : public ::testing::Test {
 protected:
  std::vector<std::int32_t> Rank(const Query& query, SeenRule seen, std::int64_t k = 5) {
    const ItemKnnRecommender recommender(ItemNeighbors({part_.get()}, 5, settings_, pool_), settings_, {4, 0, 1, 2, 3},
                                         factors_, pool_);
    return recommender.Rank({&query, 1}, k, seen).front();
  }

  PartFixture part_{{{{0, 0}, {1, 1}}, {{0, 0}, {1, 1}}, {{2, 0}, {3, 1}}, {{2, 0}, {3, 1}}}};
  base::ThreadPool pool_{1};
  ItemKnnSettings settings_;
  std::vector<float> factors_ = {1, 1, 1, 1, 1};
};

TEST_F(ItemKnnTest, NeighborsOfTheHistoryComeFirstThenThePopular) {
  EXPECT_THAT(Rank(QueryOf({2}), SeenRule::kMask), ElementsAre(3, 4, 0, 1));
}

TEST_F(ItemKnnTest, AllowingRanksTheHistoryAsWell) {
  EXPECT_THAT(Rank(QueryOf({2, 3}), SeenRule::kAllow, 3), ElementsAre(2, 3, 4));
}

TEST_F(ItemKnnTest, RepeatedEventsAddUp) {
  EXPECT_THAT(Rank(QueryOf({2, 0, 2}), SeenRule::kMask, 2), ElementsAre(3, 1));
  EXPECT_THAT(Rank(QueryOf({0, 2, 0}), SeenRule::kMask, 2), ElementsAre(1, 3));
}

TEST_F(ItemKnnTest, DecayPrefersTheLastEvents) {
  settings_.history_decay = 0.4;
  EXPECT_THAT(Rank(QueryOf({0, 0, 2}), SeenRule::kMask, 2), ElementsAre(3, 1));
  settings_.history_decay = 0.9;
  EXPECT_THAT(Rank(QueryOf({0, 0, 2}), SeenRule::kMask, 2), ElementsAre(1, 3));
}

TEST_F(ItemKnnTest, AHalfLifePrefersRecentEvents) {
  Query query = QueryOf({0, 0, 2});
  query.times = {0, 0, 20 * 86400};
  settings_.history_half_life_days = 10;
  EXPECT_THAT(Rank(query, SeenRule::kMask, 2), ElementsAre(3, 1));
  settings_.history_half_life_days = 40;
  EXPECT_THAT(Rank(query, SeenRule::kMask, 2), ElementsAre(1, 3));
}

TEST_F(ItemKnnTest, DemandPrefersWhatIsBoughtNow) {
  EXPECT_THAT(Rank(QueryOf({0, 2}), SeenRule::kMask, 2), ElementsAre(1, 3));
  factors_ = {1, 1, 1, 2, 1};
  EXPECT_THAT(Rank(QueryOf({0, 2}), SeenRule::kMask, 2), ElementsAre(3, 1));
}

}  // namespace
}  // namespace shortlist::eval
