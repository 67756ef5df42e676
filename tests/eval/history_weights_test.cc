#include "eval/history_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::FieldsAre;

class HistoryWeightsTest : public ::testing::Test {
 protected:
  Query query_ = QueryOf({5, 2, 5, 9});
  TimeSettings settings_;
};

TEST_F(HistoryWeightsTest, EventsOfAnItemAddUpOrCountOnce) {
  EXPECT_THAT(WeighHistory(query_, settings_, RepeatRule::kSum),
              ElementsAre(FieldsAre(2, 1), FieldsAre(5, 2), FieldsAre(9, 1)));
  EXPECT_THAT(WeighHistory(query_, settings_, RepeatRule::kLast),
              ElementsAre(FieldsAre(2, 1), FieldsAre(5, 1), FieldsAre(9, 1)));
}

TEST_F(HistoryWeightsTest, AnEventDecaysByTheEventsAfterIt) {
  settings_.history_decay = 0.5;
  EXPECT_THAT(WeighHistory(query_, settings_, RepeatRule::kSum),
              ElementsAre(FieldsAre(2, 0.25), FieldsAre(5, 0.125 + 0.5), FieldsAre(9, 1)));
  EXPECT_THAT(WeighHistory(query_, settings_, RepeatRule::kLast),
              ElementsAre(FieldsAre(2, 0.25), FieldsAre(5, 0.5), FieldsAre(9, 1)));
}

TEST_F(HistoryWeightsTest, AnEventHalvesWithTheTimeBeforeTheLastOne) {
  query_.times = {0, 0, 10 * 86400, 20 * 86400};
  settings_.history_half_life_days = 10;
  EXPECT_THAT(WeighHistory(query_, settings_, RepeatRule::kLast),
              ElementsAre(FieldsAre(2, DoubleEq(0.25)), FieldsAre(5, DoubleEq(0.5)), FieldsAre(9, 1)));
}

}  // namespace
}  // namespace shortlist::eval
