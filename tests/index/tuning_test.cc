#include "index/tuning.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

using ::testing::Optional;

Trial MadeTrial(double microseconds, double bytes, double recall = 0.96) {
  Trial trial;
  trial.recall.value = recall;
  trial.query_microseconds = microseconds;
  trial.bytes_per_vector = bytes;
  return trial;
}

TEST(LeastThatReachesTest, FindsTheLeastWithinThreePercent) {
  for (const std::int64_t truth : {1, 2, 3, 17, 31, 100, 999}) {
    int asked = 0;
    const auto found = LeastThatReaches(1, 1000, [&](std::int64_t value) {
      ++asked;
      return value >= truth;
    });
    ASSERT_TRUE(found.has_value()) << truth;
    EXPECT_GE(*found, truth);
    EXPECT_LE(static_cast<double>(*found), static_cast<double>(truth) * 1.04);
    EXPECT_LE(asked, 20);
  }
}

TEST(LeastThatReachesTest, SaysThatTheMostDoesNotReach) {
  EXPECT_EQ(LeastThatReaches(5, 100, [](std::int64_t /*value*/) { return false; }), std::nullopt);
  EXPECT_THAT(LeastThatReaches(5, 100, [](std::int64_t value) { return value == 100; }), Optional(100));
}

TEST(BestTrialTest, TakesTheLeastOfWhatIsOptimized) {
  const std::vector<Trial> trials{MadeTrial(300, 256), MadeTrial(30, 270), MadeTrial(40, 80), MadeTrial(90, 500)};
  EXPECT_EQ(BestTrial({.optimize = IndexGoal::kLatency}, trials), 1U);
  EXPECT_EQ(BestTrial({.optimize = IndexGoal::kMemory}, trials), 2U);
}

TEST(BestTrialTest, BreaksTiesByTheOtherCostAndThenByOrder) {
  const std::vector<Trial> trials{MadeTrial(30, 270), MadeTrial(29, 300), MadeTrial(31, 80), MadeTrial(30, 80)};
  EXPECT_EQ(BestTrial({.optimize = IndexGoal::kLatency}, trials), 3U);
  const std::vector<Trial> equal{MadeTrial(30, 270), MadeTrial(29, 270)};
  EXPECT_EQ(BestTrial({.optimize = IndexGoal::kLatency}, equal), 0U);
}

TEST(BestTrialTest, PassesOverWhatWasLeftOut) {
  std::vector<Trial> trials{MadeTrial(300, 256), MadeTrial(0, 10)};
  trials[1].left_out = "it would take too long";
  EXPECT_EQ(BestTrial({}, trials), 0U);
}

TEST(IsOnFrontierTest, NothingElseIsBetterInEveryWay) {
  std::vector<Trial> trials{MadeTrial(300, 256, 1), MadeTrial(30, 270), MadeTrial(40, 280), MadeTrial(1, 1)};
  trials[3].left_out = "out of reach";
  EXPECT_TRUE(IsOnFrontier(trials, 0));
  EXPECT_TRUE(IsOnFrontier(trials, 1));
  EXPECT_FALSE(IsOnFrontier(trials, 2));
  EXPECT_FALSE(IsOnFrontier(trials, 3));
}

class TuneIndexTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kWidth = 8;

  const std::vector<float> vectors_ = MadeVectors(5000, kWidth, 1);
  const QuerySet asked_{MadeVectors(60, kWidth, 2), kWidth, 10};
  base::ThreadPool pool_{1};
};

TEST_F(TuneIndexTest, TheChosenIndexReachesTheTarget) {
  const Tuning tuning = TuneIndex({.target_recall = 0.9}, vectors_, asked_, "items", pool_);
  EXPECT_GE(tuning.chosen.summary.recall.value, 0.9);
  EXPECT_EQ(tuning.settings.neighbors, 10);
  const Recall again = CompareAnswers(ExactAnswers(vectors_, asked_.queries, kWidth, 10, pool_),
                                      AskAll(tuning.chosen.index, asked_, pool_), 10);
  EXPECT_EQ(again.value, tuning.chosen.summary.recall.value);
  for (const Trial& trial : tuning.trials) {
    if (trial.left_out.empty()) {
      EXPECT_GE(trial.recall.value, 0.9);
    }
  }
}

TEST_F(TuneIndexTest, ForMemoryItTakesBytes) {
  const Tuning tuning =
      TuneIndex({.target_recall = 0.9, .optimize = IndexGoal::kMemory}, vectors_, asked_, "items", pool_);
  EXPECT_EQ(tuning.chosen.summary.kind, IndexKind::kIvfSq8);
}

TEST_F(TuneIndexTest, WhatWouldTakeTooLongIsNotBuilt) {
  const Tuning tuning = TuneIndex({.target_recall = 0.9, .build_seconds = 0}, vectors_, asked_, "items", pool_);
  EXPECT_EQ(tuning.chosen.summary.kind, IndexKind::kFlat);
  EXPECT_THAT(tuning.trials.back().left_out, ::testing::HasSubstr("building it would take"));
}

TEST_F(TuneIndexTest, ATargetOutOfReachOfAllOthersIsReachedByAScan) {
  const Tuning tuning = TuneIndex({.target_recall = 1.0}, MadeVectors(200, kWidth, 1), asked_, "items", pool_);
  EXPECT_EQ(tuning.trials.size(), 1U);
  EXPECT_EQ(tuning.chosen.summary.kind, IndexKind::kFlat);
  EXPECT_EQ(tuning.chosen.summary.recall.value, 1);
}

}  // namespace
}  // namespace shortlist::index
