#include "index/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

class SampleTest : public ::testing::Test {
 protected:
  const ScratchFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "sample.safetensors";
  Sample sample_{2, {1, 2, 3, 4, 5, 6}, {7, 8, 9, -1}, 0.75};
};

TEST_F(SampleTest, ReadsWhatWasWritten) {
  WriteSample(sample_, 3, path_);
  const Sample read = ReadSample(path_, 3, 10);
  EXPECT_EQ(read.k, 2);
  EXPECT_EQ(read.queries, sample_.queries);
  EXPECT_EQ(read.exact_ids, sample_.exact_ids);
  EXPECT_EQ(read.index_recall, 0.75);
}

TEST_F(SampleTest, MayBeEmpty) {
  WriteSample({5, {}, {}, 1}, 3, path_);
  EXPECT_EQ(ReadSample(path_, 3, 10).k, 5);
}

TEST_F(SampleTest, RefusesAnotherWidthAndUnknownItemsByName) {
  WriteSample(sample_, 3, path_);
  for (const auto& [width, items] : {std::pair{2, 10}, {3, 9}}) {
    try {
      ReadSample(path_, width, items);
      ADD_FAILURE() << "a sample that does not fit was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
      EXPECT_THAT(error.what(), ::testing::HasSubstr(path_.string()));
    }
  }
}

}  // namespace
}  // namespace shortlist::index
