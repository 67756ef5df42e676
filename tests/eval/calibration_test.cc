#include "eval/calibration.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

// Items 0 and 1 are cups, 2 and 3 plates; item 4 is nothing.
class CalibrationTest : public ::testing::Test {
 protected:
  CalibrationTest() {
    set_.queries = {QueryOf({0, 2, 4})};
    set_.targets = {{1, 2, 3, 4}};
  }

  ItemCategories categories_{"kind", {"cup", "plate"}, {0, 0, 1, 1, -1}};
  EvaluationSet set_;
};

TEST_F(CalibrationTest, SharesLeaveOutItemsWithoutACategory) {
  EXPECT_THAT(BoughtShares(categories_, set_), ElementsAre(DoubleEq(1.0 / 3), DoubleEq(2.0 / 3)));
  EXPECT_THAT(ShownShares(categories_, {{0, 4}, {1, 2, 0}}), ElementsAre(0.75, 0.25));
}

TEST_F(CalibrationTest, TheMixOfTheHistoryIsCalibrated) {
  EXPECT_DOUBLE_EQ(Miscalibration(categories_, set_, {{1, 3}}), 0);
}

TEST_F(CalibrationTest, AMissingCategoryCosts) {
  const double cups = 0.99 + 0.01 * 0.5;
  const double plates = 0.01 * 0.5;
  EXPECT_DOUBLE_EQ(Miscalibration(categories_, set_, {{0, 1}}),
                   0.5 * std::log(0.5 / cups) + 0.5 * std::log(0.5 / plates));
}

TEST_F(CalibrationTest, ShoppersWithoutACategoryDoNotCount) {
  set_.queries.push_back(QueryOf({4}));
  EXPECT_DOUBLE_EQ(Miscalibration(categories_, set_, {{1, 3}, {0}}), 0);
}

}  // namespace
}  // namespace shortlist::eval
