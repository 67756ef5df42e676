#include "repeat/repeat_weights.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "base/sealed_json.h"
#include "shortlist/error.h"

namespace shortlist::repeat {
namespace {

class RepeatWeightsTest : public ::testing::Test {
 protected:
  static RepeatWeights Sample() {
    return {.half_lives_days = {30, 0.25},
            .of_values = {1, 2.5, -3, 0.1, 5, 6, 7, 8, 9},
            .of_similarity = -0.5,
            .of_item_term = 0.125,
            .model_sha256 = std::string(64, 'a')};
  }

  void ExpectRefused(Code code) const {
    try {
      ReadRepeatWeights(path_);
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(path_.string()), std::string::npos) << error.what();
    }
  }

  ScratchDirectory scratch_;
  std::filesystem::path path_ = scratch_ / "repeat.json";
};

TEST_F(RepeatWeightsTest, ReadsWhatWasWritten) {
  WriteRepeatWeights(Sample(), path_);
  const RepeatWeights read = ReadRepeatWeights(path_);
  EXPECT_EQ(read.half_lives_days, Sample().half_lives_days);
  EXPECT_EQ(read.of_values, Sample().of_values);
  EXPECT_EQ(read.of_similarity, Sample().of_similarity);
  EXPECT_EQ(read.of_item_term, Sample().of_item_term);
  EXPECT_EQ(read.model_sha256, Sample().model_sha256);
}

TEST_F(RepeatWeightsTest, RefusesWhatItCannotRead) {
  ExpectRefused(Code::kNotFound);
  WriteRepeatWeights(Sample(), path_);
  std::string text = base::ReadFile(path_);
  text[text.find("2.5")] = '3';
  base::WriteFileAtomically(path_, text);
  ExpectRefused(Code::kDataLoss);
  base::WriteFileAtomically(path_, base::SealJson(R"({"format": "shortlist.repeat", "version": 99})"));
  ExpectRefused(Code::kFailedPrecondition);
  base::WriteFileAtomically(path_, base::SealJson(R"({"format": "shortlist.repeat", "version": 1})"));
  ExpectRefused(Code::kDataLoss);
}

}  // namespace
}  // namespace shortlist::repeat
