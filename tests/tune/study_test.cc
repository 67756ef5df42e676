#include "tune/study.h"

#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::tune {
namespace {

using ::testing::HasSubstr;

Study MakeStudy() {
  Study study;
  study.fingerprint = "abc";
  study.draws = 4;
  study.trials.resize(3);
  study.trials[0] = {.choices = {},
                     .round = 0,
                     .epochs = 9,
                     .metric = .25,
                     .best_epoch = 6,
                     .seconds = 1.5,
                     .ended = true,
                     .failure = {}};
  study.trials[1].choices = {{"model.dropout", "0.3"}, {"model.user_hidden", "[8]"}};
  study.trials[1].round = 2;
  study.trials[2].failure = "too wide";
  study.trials[2].seconds = .5;
  return study;
}

TEST(StudyTest, ReadsWhatWasWritten) {
  const ScratchDirectory scratch;
  SaveStudy(MakeStudy(), scratch / "study.json");
  const Study read = LoadStudy(scratch / "study.json");
  EXPECT_EQ(read.fingerprint, "abc");
  EXPECT_EQ(read.draws, 4);
  ASSERT_EQ(read.trials.size(), 3U);
  EXPECT_EQ(read.trials[0].epochs, 9);
  EXPECT_DOUBLE_EQ(read.trials[0].metric, .25);
  EXPECT_EQ(read.trials[0].best_epoch, 6);
  EXPECT_TRUE(read.trials[0].ended);
  EXPECT_EQ(read.trials[1].choices, MakeStudy().trials[1].choices);
  EXPECT_EQ(read.trials[1].round, 2);
  EXPECT_TRUE(std::isinf(read.trials[1].metric));
  EXPECT_EQ(read.trials[2].failure, "too wide");
  EXPECT_DOUBLE_EQ(read.Seconds(), 2);
}

TEST(StudyTest, DamageIsFound) {
  const ScratchDirectory scratch;
  SaveStudy(MakeStudy(), scratch / "study.json");
  std::string text = base::ReadFile(scratch / "study.json");
  text[text.find("0.25") + 2] = '9';
  std::ofstream(scratch / "study.json") << text;
  EXPECT_THROW(LoadStudy(scratch / "study.json"), Error);
}

TEST(StudyTest, TheBestHasTheGreatestMetricAndIsTheFirstOfEquals) {
  Study study = MakeStudy();
  EXPECT_EQ(&study.Best(), &study.trials[0]);
  study.trials[1].metric = .25;
  EXPECT_EQ(&study.Best(), &study.trials[0]);
  study.trials[1].metric = .26;
  EXPECT_EQ(&study.Best(), &study.trials[1]);
}

TEST(StudyTest, WithoutAMetricTheFirstFailureIsTold) {
  Study study;
  study.trials.resize(1);
  study.trials[0].failure = "no validation shoppers";
  try {
    study.Best();
    FAIL() << "found a best one";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kFailedPrecondition);
    EXPECT_THAT(error.what(), HasSubstr("no validation shoppers"));
  }
}

}  // namespace
}  // namespace shortlist::tune
