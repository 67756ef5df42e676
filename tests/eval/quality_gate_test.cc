#include "eval/quality_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

EvaluationRow Row(const std::string& name, SeenRule seen, double recall, double ndcg) {
  EvaluationRow row;
  row.recommender = name;
  row.seen = seen;
  row.at[5].ndcg.value = 1;  // a smaller k decides nothing
  row.at[10].recall.value = recall;
  row.at[10].ndcg.value = ndcg;
  return row;
}

class QualityGateTest : public ::testing::Test {
 protected:
  std::vector<EvaluationRow> rows_ = {
      Row("two_tower", SeenRule::kMask, 0.20, 0.10),
      Row("popularity", SeenRule::kMask, 0.10, 0.05),
      Row("two_tower", SeenRule::kAllow, 0.30, 0.15),
      Row("popularity", SeenRule::kAllow, 0.10, 0.15),
  };
};

TEST_F(QualityGateTest, OneThatAsksForNothingIsOpen) {
  EXPECT_THAT(Shortfalls(rows_, {}), IsEmpty());
}

TEST_F(QualityGateTest, AFloorHoldsUnderEveryRule) {
  EXPECT_THAT(Shortfalls(rows_, {.floors = {{"recall", 10, 0.20}}, .beaten = {}}), IsEmpty());
  EXPECT_THAT(Shortfalls(rows_, {.floors = {{"recall", 10, 0.25}}, .beaten = {}}),
              ElementsAre("seen items mask: recall@10 is 0.2000, at least 0.25 is required"));
  EXPECT_THAT(Shortfalls(rows_, {.floors = {{"ndcg", 10, 0.2}}, .beaten = {}}).size(), 2U);
}

TEST_F(QualityGateTest, ABaselineMustBeExceeded) {
  EXPECT_THAT(Shortfalls(rows_, {.floors = {}, .beaten = {"popularity"}}),
              ElementsAre("seen items allow: ndcg@10 is 0.1500, that of popularity is 0.1500"));
}

TEST_F(QualityGateTest, ABaselineThatWasNotScoredIsNotBeaten) {
  rows_.resize(2);
  EXPECT_THAT(Shortfalls(rows_, {.floors = {}, .beaten = {"ease"}}),
              ElementsAre("seen items mask: ease was not scored"));
}

TEST_F(QualityGateTest, ReadsFloors) {
  const ScoreFloor floor = ParseScoreFloor("hit_rate@20=0.125");
  EXPECT_EQ(floor.metric, "hit_rate");
  EXPECT_EQ(floor.k, 20);
  EXPECT_EQ(floor.least, 0.125);
  for (const char* text : {"", "ndcg", "ndcg@10", "ndcg=0.1", "ndcg@x=1", "ndcg@10=", "ndcg@10=x", "auc@10=0.5",
                           "0.1=ndcg@10", "ndcg@10=0.1x"}) {
    EXPECT_THROW(ParseScoreFloor(text), Error) << text;
  }
}

TEST_F(QualityGateTest, RefusesWhatNoEvaluationCouldAnswer) {
  EvaluateSettings settings;
  settings.k = {10};
  settings.baselines = {BaselineKind::kPopularity};
  RequireAnswerable({.floors = {{"ndcg", 10, 0.1}}, .beaten = {"popularity"}}, settings);
  EXPECT_THROW(RequireAnswerable({.floors = {{"ndcg", 20, 0.1}}, .beaten = {}}, settings), Error);
  EXPECT_THROW(RequireAnswerable({.floors = {}, .beaten = {"ease"}}, settings), Error);
}

}  // namespace
}  // namespace shortlist::eval
