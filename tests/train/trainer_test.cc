#include "train/trainer.h"

#include <cmath>
#include <csignal>
#include <fstream>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "base/stop_signal.h"
#include "model/two_tower.h"
#include "shortlist/error.h"
#include "train/checkpoint.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

class TrainerTest : public testing::Test {
 protected:
  TrainReport Run(const Settings& settings, const std::string& name, Start start = Start::kFresh) {
    return Train(settings, dataset_, *backend_, directory_.path() / name, start);
  }
  fs::path Last(const std::string& name) const { return directory_.path() / name / "last"; }
  // All that training changes, as bytes.
  std::string Parameters(const std::string& name) const {
    return base::ReadFile(Last(name) / "model/weights.safetensors") +
           base::ReadFile(Last(name) / "optimizer.safetensors");
  }
  static void ExpectRefused(Code code, const std::string& words, const std::function<void()>& call) {
    try {
      call();
      FAIL() << "accepted " << words;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }

  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
};

TEST_F(TrainerTest, LearnsWhichItemsBelongTogether) {
  settings_.train.epochs = 12;
  settings_.train.early_stop = {.metric = "recall@10", .patience = 0};
  const TrainReport report = Run(settings_, "run");
  EXPECT_EQ(report.reason, StopReason::kCompleted);
  ASSERT_EQ(report.epochs.size(), 12U);
  EXPECT_LT(report.epochs.back().loss, 0.75 * report.epochs.front().loss);
  EXPECT_GT(report.best_metric, 0.8) << "ten of forty items are of the shopper's group";
  EXPECT_GT(report.epochs[0].examples_per_second, 0);
  EXPECT_EQ(report.steps, 12 * 12) << "720 examples in batches of at most 64";
}

TEST_F(TrainerTest, OneSeedOneRun) {
  Run(settings_, "a");
  Run(settings_, "b");
  settings_.seed = 2;
  Run(settings_, "c");
  EXPECT_EQ(Parameters("a"), Parameters("b"));
  EXPECT_NE(Parameters("a"), Parameters("c"));
}

TEST_F(TrainerTest, AResumedRunIsTheUninterruptedRunByteForByte) {
  const TrainReport whole = Run(settings_, "whole");
  for (const std::int64_t step : {1, 7, 12, 17}) {  // in the first epoch, at its end, in the second
    const std::string name = "stopped_" + std::to_string(step);
    Settings stopped = settings_;
    stopped.train.max_steps = step;
    EXPECT_EQ(Run(stopped, name).reason, StopReason::kMaxSteps);
    const TrainReport resumed = Run(settings_, name, Start::kResume);
    EXPECT_EQ(Parameters(name), Parameters("whole")) << "stopped after step " << step;
    EXPECT_EQ(resumed.reason, StopReason::kCompleted);
    EXPECT_EQ(resumed.steps, whole.steps);
    EXPECT_EQ(resumed.best_metric, whole.best_metric);
    ASSERT_EQ(resumed.epochs.size(), whole.epochs.size());
    EXPECT_NEAR(resumed.epochs[0].loss, whole.epochs[0].loss, 1e-5);
  }
}

TEST_F(TrainerTest, EveryCandidateRuleHistoryRuleAndPriorResumes) {
  settings_.model.prior = {.kind = PriorKind::kRecentDemand,
                           .window_days = 5,
                           .weight = 0.1,
                           .learned = true,
                           .further_windows_days = {1, 20}};
  settings_.train.batch_order = BatchOrder::kTimeCoherent;
  settings_.train.candidates = CandidateRule::kCatalog;
  settings_.train.history_rule = HistoryRule::kEarlier;
  Run(settings_, "whole");
  Settings stopped = settings_;
  stopped.train.max_steps = 5;
  Run(stopped, "stopped");
  Run(settings_, "stopped", Start::kResume);
  EXPECT_EQ(Parameters("stopped"), Parameters("whole"));
}

// A search lies before, between and at the steps at which training stops.
TEST_F(TrainerTest, HardNegativesResume) {
  settings_.train.negatives = {.popular = 20,
                               .hard = {.per_example = 2, .first_rank = 1, .last_rank = 9, .refresh_steps = 4}};
  settings_.train.log_q_correction = LogQCorrection::kRefined;
  Run(settings_, "whole");
  for (const std::int64_t step : {5, 12, 16, 18}) {
    const std::string name = "stopped_" + std::to_string(step);
    Settings stopped = settings_;
    stopped.train.max_steps = step;
    Run(stopped, name);
    EXPECT_EQ(fs::exists(Last(name) / "hard_negatives.safetensors"), step == 18) << step;
    Run(settings_, name, Start::kResume);
    EXPECT_EQ(Parameters(name), Parameters("whole")) << "stopped after step " << step;
  }
  Settings none = settings_;
  none.train.negatives.hard.per_example = 0;
  Run(none, "none");
  EXPECT_NE(Parameters("none"), Parameters("whole"));
}

TEST_F(TrainerTest, ResumingACompletedRunDoesNothing) {
  Run(settings_, "run");
  const std::string before = Parameters("run");
  EXPECT_EQ(Run(settings_, "run", Start::kResume).steps, 24);
  EXPECT_EQ(Parameters("run"), before);
}

// So that whatever starts jobs anew can always ask for it.
TEST_F(TrainerTest, ResumingWhatHasNotBegunIsARunFromTheBeginning) {
  Run(settings_, "run");
  EXPECT_EQ(Run(settings_, "resumed", Start::kResume).steps, 24);
  EXPECT_EQ(Parameters("resumed"), Parameters("run"));
}

TEST_F(TrainerTest, BeginsWithTheWeightsOfAnEarlierModel) {
  settings_.train.epochs = 6;
  Run(settings_, "before");
  settings_.train.epochs = 1;
  settings_.train.weight_average_decay = 0.5;
  const auto begin_with = [&](const std::string& name, const std::optional<fs::path>& initial) {
    const std::unique_ptr<comm::Communicator> alone = comm::MakeSoloCommunicator(*backend_);
    return Train(settings_, dataset_, *backend_, *alone, directory_.path() / name, Start::kResume, initial);
  };
  const TrainReport warm = begin_with("warm", ModelOf(Last("before")));
  const TrainReport cold = begin_with("cold", std::nullopt);
  EXPECT_LT(warm.epochs.front().loss, 0.9 * cold.epochs.front().loss);
  EXPECT_GT(warm.best_metric, cold.best_metric);
  const std::string weights = Parameters("warm");
  begin_with("warm", ModelOf(Last("before")));
  EXPECT_EQ(Parameters("warm"), weights) << "a checkpoint goes first";
}

TEST_F(TrainerTest, MoreEpochsContinueARun) {
  Run(settings_, "run");
  settings_.train.epochs = 3;
  EXPECT_EQ(Run(settings_, "run", Start::kResume).steps, 36);
  Run(settings_, "straight");
  EXPECT_EQ(Parameters("run"), Parameters("straight"));
}

TEST_F(TrainerTest, RefusesToResumeWithOtherSettings) {
  Run(settings_, "run");
  settings_.model.dimension = 16;
  ExpectRefused(Code::kFailedPrecondition, "/model/dimension is 16, was 8",
                [&] { Run(settings_, "run", Start::kResume); });
}

TEST_F(TrainerTest, StopsEarlyWithoutANewBest) {
  settings_.train.epochs = 40;
  settings_.train.optimizer.embedding_rate = 0;
  settings_.train.optimizer.dense_rate = 0;
  settings_.train.early_stop.patience = 2;
  const TrainReport report = Run(settings_, "run");
  EXPECT_EQ(report.reason, StopReason::kEarlyStop);
  EXPECT_EQ(report.best_epoch, 0);
  EXPECT_EQ(report.epochs.size(), 3U);
  EXPECT_EQ(Run(settings_, "run", Start::kResume).reason, StopReason::kEarlyStop);
}

TEST_F(TrainerTest, AFinalFitHasNoValidation) {
  settings_.train.include_validation = true;
  const TrainReport report = Run(settings_, "run");
  EXPECT_TRUE(std::isnan(report.best_metric));
  EXPECT_TRUE(std::isnan(report.epochs[0].validation_metric));
  EXPECT_FALSE(fs::exists(directory_.path() / "run/best"));
  EXPECT_EQ(FindModel(directory_.path() / "run"), Last("run") / "model");
}

TEST_F(TrainerTest, FindsTheBestModelOfTheRun) {
  const fs::path run = directory_.path() / "run";
  ExpectRefused(Code::kNotFound, "no checkpoint", [&] { FindModel(run); });
  Run(settings_, "run");
  EXPECT_EQ(FindModel(run), run / "best/model");
  model::TwoTower::Load(FindModel(run), *backend_);
  fs::resize_file(run / "best/model/weights.safetensors", 100);
  ExpectRefused(Code::kDataLoss, "weights.safetensors", [&] { FindModel(run); });
}

TEST_F(TrainerTest, AFreshRunLeavesNoBestOfTheRunBefore) {
  Run(settings_, "run");
  settings_.seed = 5;
  settings_.train.max_steps = 3;
  Run(settings_, "run");
  EXPECT_EQ(FindModel(directory_.path() / "run"), Last("run") / "model");
}

TEST_F(TrainerTest, RefusesSettingsThatDoNotFitTogether) {
  settings_.model.prior = {.kind = PriorKind::kRecentDemand, .learned = true};
  ExpectRefused(Code::kInvalidArgument, "time_coherent", [&] { Run(settings_, "run"); });
  settings_ = SmallSettings();
  settings_.train.early_stop.metric = "ndcg";
  ExpectRefused(Code::kInvalidArgument, "early_stop.metric", [&] { Run(settings_, "run"); });
}

// In a process of its own, because a stop is for good.
TEST_F(TrainerTest, ASignalStopsWithACheckpointThatResumes) {
  Run(settings_, "whole");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    base::InstallStopSignals();
    raise(SIGTERM);
    const TrainReport report = Run(settings_, "stopped");
    _exit(report.reason == StopReason::kSignal && report.steps == 1 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  Run(settings_, "stopped", Start::kResume);
  EXPECT_EQ(Parameters("stopped"), Parameters("whole"));
}

// Killed without warning at any instant, a run leaves a whole checkpoint or none.
TEST_F(TrainerTest, AKilledRunLeavesAWholeCheckpoint) {
  settings_.train.checkpoint_steps = 1;
  Run(settings_, "whole");
  for (int attempt = 0; attempt < 6; ++attempt) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Run(settings_, "killed", attempt == 0 ? Start::kFresh : Start::kResume);
      _exit(0);
    }
    for (int wait = 0; wait < 1000 && !fs::exists(Last("killed")); ++wait) usleep(1000);
    usleep(static_cast<useconds_t>(7000 * attempt));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    FindModel(directory_.path() / "killed");
  }
  Run(settings_, "killed", Start::kResume);
  EXPECT_EQ(Parameters("killed"), Parameters("whole"));
}

TEST_F(TrainerTest, WritesCurves) {
  Run(settings_, "run");
  int files = 0;
  for (const auto& entry : fs::directory_iterator(directory_.path() / "run/tensorboard")) {
    ++files;
    EXPECT_NE(base::ReadFile(entry.path()).find("validation/ndcg@10"), std::string::npos);
  }
  EXPECT_EQ(files, 1);
}

}  // namespace
}  // namespace shortlist::train
