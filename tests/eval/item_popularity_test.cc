#include "eval/item_popularity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Counts = std::vector<std::int64_t>;

TEST(PopularityPercentilesTest, RunFromTheLeastToTheMostPopular) {
  EXPECT_THAT(PopularityPercentiles(Counts{5, 0, 9}), ElementsAre(DoubleEq(0.5), DoubleEq(0), DoubleEq(1)));
}

TEST(PopularityPercentilesTest, EqualItemsShareTheirMiddle) {
  EXPECT_THAT(PopularityPercentiles(Counts{2, 2, 2, 8, 1}),
              ElementsAre(DoubleEq(0.5), DoubleEq(0.5), DoubleEq(0.5), DoubleEq(1), DoubleEq(0)));
}

TEST(PopularityPercentilesTest, SmallCatalogs) {
  EXPECT_THAT(PopularityPercentiles(Counts{}), IsEmpty());
  EXPECT_THAT(PopularityPercentiles(Counts{3}), ElementsAre(DoubleEq(0)));
}

TEST(PopularityOrderTest, MostEventsFirstAndTiesByIndex) {
  EXPECT_THAT(PopularityOrder(Counts{1, 4, 0, 4, 2}), ElementsAre(1, 3, 4, 0, 2));
}

}  // namespace
}  // namespace shortlist::eval
