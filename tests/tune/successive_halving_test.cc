#include "tune/successive_halving.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::tune {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr HalvingRules kRules = {.first_epochs = 1, .last_epochs = 4, .keep_one_in = 2};

// Trains every trial as it is told, to a metric of its own, and returns what was asked for.
std::vector<std::pair<std::size_t, std::int64_t>> TrainAll(const HalvingRules& rules, std::vector<Trial>& trials,
                                                           const std::vector<double>& metrics) {
  std::vector<std::pair<std::size_t, std::int64_t>> asked;
  for (Standing standing = Stand(rules, trials); standing.next; standing = Stand(rules, trials)) {
    const Work work = *standing.next;
    asked.emplace_back(work.trial, work.epochs);
    trials[work.trial].epochs = work.epochs;
    trials[work.trial].metric = metrics[work.trial];
  }
  return asked;
}

TEST(SuccessiveHalvingTest, TheBetterHalfGoesOnAndTheFirstIsNeverDropped) {
  std::vector<Trial> trials(5);
  const auto asked = TrainAll(kRules, trials, {.1, .2, .5, .4, .3});
  EXPECT_THAT(asked, ElementsAre(Pair(0, 1), Pair(1, 1), Pair(2, 1), Pair(3, 1), Pair(4, 1),  // all
                                 Pair(0, 2), Pair(2, 2), Pair(3, 2),  // the first and the best two
                                 Pair(0, 4), Pair(2, 4)));
  EXPECT_THAT(Stand(kRules, trials).kept, ElementsAre(0, 2));
}

TEST(SuccessiveHalvingTest, EqualsAreKeptInOrder) {
  std::vector<Trial> trials(3);
  TrainAll(kRules, trials, {.1, .2, .2});
  EXPECT_EQ(trials[1].epochs, 4);
  EXPECT_EQ(trials[2].epochs, 1);
}

TEST(SuccessiveHalvingTest, TrialsThatEndedOrFailedAreNotTrainedAgain) {
  std::vector<Trial> trials(3);
  trials[1].ended = true;
  trials[1].metric = .9;
  trials[2].failure = "too wide";
  const auto asked = TrainAll(kRules, trials, {.1, .9, .2});
  EXPECT_THAT(asked, ElementsAre(Pair(0, 1), Pair(0, 2), Pair(0, 4)));
  EXPECT_THAT(Stand(kRules, trials).kept, ElementsAre(0, 1));
}

TEST(SuccessiveHalvingTest, AShortTrainingIsComparedAtItsEnd) {
  std::vector<Trial> trials(2);
  const auto asked = TrainAll({.first_epochs = 10, .last_epochs = 3, .keep_one_in = 3}, trials, {.1, .2});
  EXPECT_THAT(asked, ElementsAre(Pair(0, 3), Pair(1, 3)));
}

TEST(SuccessiveHalvingTest, OneTrialAloneIsTrainedToItsEnd) {
  std::vector<Trial> trials(1);
  EXPECT_THAT(TrainAll(kRules, trials, {.1}), ElementsAre(Pair(0, 1), Pair(0, 2), Pair(0, 4)));
}

}  // namespace
}  // namespace shortlist::tune
