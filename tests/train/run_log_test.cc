#include "train/run_log.h"

#include <gtest/gtest.h>

#include "base/scratch_directory.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

void Drive(RunLog& log) {
  log.StartEpoch(0, 10, 0);
  log.Advance(5);
  log.Loss(1, 2.5);
  log.FinishProgress();
  log.FinishEpoch(2, {.epoch = 0, .loss = 2}, "ndcg@10");
  log.Flush();
}

TEST(RunLog, TheLeadingRankWritesCurves) {
  const ScratchDirectory directory;
  const std::unique_ptr<RunLog> log = MakeRunLog(directory.path() / "tensorboard");
  Drive(*log);
  ASSERT_FALSE(fs::is_empty(directory.path() / "tensorboard"));
  for (const fs::directory_entry& file : fs::directory_iterator(directory.path() / "tensorboard")) {
    EXPECT_GT(file.file_size(), 200U) << "four scalars with their tags";
  }
}

TEST(RunLog, TheOthersSayNothing) {
  testing::internal::CaptureStderr();
  Drive(*MakeSilentLog());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace shortlist::train
