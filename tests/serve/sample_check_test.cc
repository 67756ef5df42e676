#include "serve/sample_check.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using ::testing::HasSubstr;

// Items 0 to 3 at (4, 0), (3, 0), (2, 0), (1, 0).
index::VectorIndex Line() {
  return index::VectorIndex::Build({}, std::vector<float>{4, 0, 3, 0, 2, 0, 1, 0}, 2);
}

index::Bundle::Sample SampleWith(std::vector<std::int32_t> exact_ids) {
  index::Bundle::Sample sample;
  sample.k = 2;
  sample.queries = {1, 0, -1, 0};
  sample.exact_ids = std::move(exact_ids);
  sample.index_recall = 1;
  return sample;
}

Code CodeOfRequire(const index::Bundle::Sample& sample, const std::string& message) {
  const index::VectorIndex index = Line();
  try {
    RequireSampleAnswers(index, sample);
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(message));
    return error.code();
  }
  return Code::kUnknown;
}

TEST(SampleCheck, AcceptsRightAnswers) {
  EXPECT_EQ(SampleRecall(Line(), SampleWith({0, 1, 3, 2})), 1.0);
  EXPECT_NO_THROW(RequireSampleAnswers(Line(), SampleWith({0, 1, 3, 2})));
}

TEST(SampleCheck, RefusesWrongAnswers) {
  const index::VectorIndex shifted = index::VectorIndex::Build({}, std::vector<float>{1, 0, 2, 0, 3, 0, 4, 0}, 2);
  EXPECT_EQ(SampleRecall(shifted, SampleWith({0, 1, 3, 2})), 0.0);
  EXPECT_THROW(RequireSampleAnswers(shifted, SampleWith({0, 1, 3, 2})), Error);
}

TEST(SampleCheck, CountsMissingAnswersOfASmallIndexAsNone) {
  auto sample = SampleWith({0, 1, 2, 3, -1, 3, 2, 1, 0, -1});
  sample.k = 5;
  EXPECT_EQ(SampleRecall(Line(), sample), 1.0);
}

TEST(SampleCheck, TakesTiesForTheExactAnswer) {
  const index::VectorIndex twins = index::VectorIndex::Build({}, std::vector<float>{1, 0, 1, 0, 1, 0, 0, 0}, 2);
  index::Bundle::Sample sample = SampleWith({1, 2});
  sample.queries = {1, 0};
  EXPECT_EQ(SampleRecall(twins, sample), 1.0);
}

TEST(SampleCheck, RefusesASampleOfAnotherShape) {
  EXPECT_EQ(CodeOfRequire(SampleWith({0, 1, 3}), "does not fit"), Code::kDataLoss);
  EXPECT_EQ(CodeOfRequire(SampleWith({0, 1, 3, 4}), "does not fit"), Code::kDataLoss);
}

}  // namespace
}  // namespace shortlist::serve
