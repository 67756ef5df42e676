#include "tune/tuner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::tune {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// The metric is best for a dropout of .3 and grows with the epochs; the present one is .8.
class ParabolaTrainer : public TrialTrainer {
 public:
  Progress Train(std::int64_t number, std::span<const Choice> choices, std::int64_t epochs) override {
    if (calls_++ == stop_at)
      return {.epochs = seen_[number], .metric = 0, .best_epoch = 0, .ended = false, .stopped = true};
    const double dropout = choices.empty() ? .8 : std::stod(choices.front().value);
    if (dropout > fail_above) throw Error(Code::kInvalidArgument, "dropout is too great");
    epochs_trained += epochs - seen_[number];
    seen_[number] = epochs;
    const double metric = 1 - (dropout - .3) * (dropout - .3) + .001 * static_cast<double>(epochs);
    return {.epochs = epochs, .metric = metric, .best_epoch = epochs - 1, .ended = false, .stopped = false};
  }
  void Forget(std::int64_t number) override { forgotten.push_back(number); }

  int stop_at = -1;
  double fail_above = 1;
  std::int64_t epochs_trained = 0;
  std::vector<std::int64_t> forgotten;

 private:
  int calls_ = 0;
  std::map<std::int64_t, std::int64_t> seen_;
};

class TunerTest : public ::testing::Test {
 protected:
  TuneRequest Request() const {
    TuneRequest request;
    request.settings.ranges = {{"model.dropout", {}, 0, .9, RangeScale::kLinear}};
    request.settings.configurations = 10;
    request.last_epochs = 9;
    request.study_file = scratch_ / "study.json";
    return request;
  }

  ScratchDirectory scratch_;
};

TEST_F(TunerTest, FindsBetterSettingsThanThePresentOnesForLessThanTrainingAll) {
  ParabolaTrainer trainer;
  Study study;
  EXPECT_EQ(Tune(Request(), trainer, study), Ending::kAllTrained);
  ASSERT_EQ(study.trials.size(), 10U);
  EXPECT_EQ(study.trials[0].epochs, 9);
  EXPECT_EQ(study.Best().epochs, 9);
  EXPECT_NEAR(std::stod(study.Best().choices.at(0).value), .3, .15);
  // 10 to the first epoch, 1 + 3 to the third, 1 + 1 to the ninth.
  EXPECT_EQ(trainer.epochs_trained, 10 + 4 * 2 + 2 * 6);
}

TEST_F(TunerTest, ASearchThatWasStoppedGoesOnToTheSameEnd) {
  ParabolaTrainer whole;
  Study expected;
  Tune(Request(), whole, expected);
  for (int stop = 0; stop < 16; ++stop) {
    ParabolaTrainer trainer;
    trainer.stop_at = stop;
    Study study;
    ASSERT_EQ(Tune(Request(), trainer, study), Ending::kStopped);
    Study read = LoadStudy(Request().study_file);
    EXPECT_EQ(Tune(Request(), trainer, read), Ending::kAllTrained);
    ASSERT_EQ(read.trials.size(), expected.trials.size());
    for (std::size_t i = 0; i < read.trials.size(); ++i) {
      EXPECT_EQ(read.trials[i].choices, expected.trials[i].choices);
      EXPECT_EQ(read.trials[i].epochs, expected.trials[i].epochs);
      EXPECT_EQ(read.trials[i].metric, expected.trials[i].metric);
    }
  }
}

TEST_F(TunerTest, DroppedTrialsAreForgottenAndThoseThatGoOnAreNot) {
  ParabolaTrainer trainer;
  Study study;
  trainer.stop_at = 12;  // among those that go on to the third epoch
  Tune(Request(), trainer, study);
  for (std::int64_t trial = 0; trial < 10; ++trial) {
    const bool went_on = trial == 0 || study.trials[static_cast<std::size_t>(trial)].epochs > 1;
    if (went_on) {
      EXPECT_THAT(trainer.forgotten, Not(Contains(trial)));
    }
  }
  EXPECT_FALSE(trainer.forgotten.empty());
}

TEST_F(TunerTest, TrialsThatCannotBeTrainedFailByThemselves) {
  ParabolaTrainer trainer;
  trainer.fail_above = .5;
  Study study;
  EXPECT_EQ(Tune(Request(), trainer, study), Ending::kAllTrained);
  EXPECT_THAT(study.trials[0].failure, HasSubstr("too great"));
  EXPECT_NEAR(std::stod(study.Best().choices.at(0).value), .3, .15);
}

TEST_F(TunerTest, ABudgetAllowsFurtherRoundsWhileThereIsTime) {
  // Nothing takes time here, so that only the end of what can be drawn ends the search.
  TuneRequest request = Request();
  request.settings.ranges = {{"model.dropout", {"0.1", "0.2", "0.3", "0.4", "0.5", "0.6"}, 0, 0, RangeScale::kLinear}};
  request.settings.configurations = 3;
  request.budget_seconds = 1e9;
  ParabolaTrainer trainer;
  Study study;
  EXPECT_EQ(Tune(request, trainer, study), Ending::kAllTrained);
  EXPECT_EQ(study.trials.size(), 7U);
  EXPECT_EQ(study.Best().choices.at(0).value, "0.3");
  EXPECT_GT(study.trials.back().round, 0);
}

TEST_F(TunerTest, WorkThatWouldEndAfterTheBudgetIsNotBegun) {
  TuneRequest request = Request();
  request.budget_seconds = 100;
  ParabolaTrainer trainer;
  Study study;
  study.trials.resize(2);
  study.trials[0].epochs = 1;
  study.trials[0].metric = .5;
  study.trials[0].seconds = 40;
  study.trials[1].choices = {{"model.dropout", "0.3"}};
  // The second trial's first epoch fits, the next two of the first trial do not.
  EXPECT_EQ(Tune(request, trainer, study), Ending::kBudgetSpent);
  EXPECT_EQ(study.trials[1].epochs, 1);
  EXPECT_EQ(study.trials[0].epochs, 1);
}

TEST_F(TunerTest, ErrorsThatAreNotOfATrialEndTheSearch) {
  class Broken : public TrialTrainer {
   public:
    Progress Train(std::int64_t, std::span<const Choice>, std::int64_t) override {
      throw Error(Code::kUnavailable, "the disk is full");
    }
    void Forget(std::int64_t) override {}
  };
  Broken trainer;
  Study study;
  EXPECT_THROW(Tune(Request(), trainer, study), Error);
}

TEST_F(TunerTest, WithoutAValidationMetricATrialFails) {
  class Blind : public TrialTrainer {
   public:
    Progress Train(std::int64_t, std::span<const Choice>, std::int64_t epochs) override {
      return {.epochs = epochs, .metric = std::nan(""), .best_epoch = 0, .ended = false, .stopped = false};
    }
    void Forget(std::int64_t) override {}
  };
  Blind trainer;
  Study study;
  Tune(Request(), trainer, study);
  EXPECT_THROW(study.Best(), Error);
}

}  // namespace
}  // namespace shortlist::tune
