// Training that is stopped by a signal goes on as if nothing had happened.
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "e2e/retailer.h"

namespace shortlist::e2e {
namespace {

using ::testing::HasSubstr;

constexpr int kStoppedStatus = 75;  // of a program that a signal stopped, with a checkpoint

class ResumeTest : public Retailer {
 protected:
  static constexpr char kWeights[] = "checkpoints/last/model/weights.safetensors";

  Settings LongSettings(const std::string& artifacts) const {
    Settings settings = MakeSettings(artifacts);
    settings.train.epochs = 20;
    settings.train.batch_size = 64;
    settings.train.early_stop.max_users = 50;
    return settings;
  }

  void Prepare(const std::string& config) const { Succeed({"prepare", config}); }
};

TEST_F(ResumeTest, GoesOnAtTheExactBatch) {
  const std::string whole = WriteConfiguration(LongSettings("whole"), "whole.yaml");
  Prepare(whole);
  const auto start = std::chrono::steady_clock::now();
  Succeed({"train", whole});
  const auto duration = std::chrono::steady_clock::now() - start;

  const std::string parts = WriteConfiguration(LongSettings("parts"), "parts.yaml");
  Prepare(parts);
  int stops = 0;
  std::vector<std::string> arguments = {"train", parts};
  for (int round = 0; round < 20; ++round) {
    Program program(arguments, scratch_.path());
    ASSERT_TRUE(program.WaitForLog("computing on"));
    std::this_thread::sleep_for(duration / 4);
    program.Signal(SIGTERM);
    const Outcome outcome = program.Wait();
    arguments = {"train", parts, "--resume"};
    if (outcome.status == 0) break;
    ASSERT_EQ(outcome.status, kStoppedStatus) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("shortlist train " + parts + " --resume"));
    ++stops;
  }
  EXPECT_GT(stops, 0);
  EXPECT_EQ(base::Sha256OfFile(scratch_ / "whole" / kWeights), base::Sha256OfFile(scratch_ / "parts" / kWeights));
}

TEST_F(ResumeTest, RefusesOtherSettings) {
  Prepare(config_);
  Succeed({"train", config_.string()});
  Settings settings = MakeSettings();
  settings.model.dimension = 8;
  const std::string other = WriteConfiguration(settings, "other.yaml");
  const Outcome outcome = Shortlist({"train", other, "--resume"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("FAILED_PRECONDITION"));
}

TEST_F(ResumeTest, ASignalDuringRunStopsAfterTheCheckpoint) {
  const std::string config = WriteConfiguration(LongSettings("run"), "long.yaml");
  Program program({"run", config}, scratch_.path());
  ASSERT_TRUE(program.WaitForLine("== train"));
  program.Signal(SIGTERM);
  const Outcome outcome = program.Wait();
  EXPECT_EQ(outcome.status, kStoppedStatus) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr("stopped by a signal before evaluate; go on with: shortlist train " + config + " --resume"));
  EXPECT_FALSE(std::filesystem::exists(bundle()));
}

}  // namespace
}  // namespace shortlist::e2e
