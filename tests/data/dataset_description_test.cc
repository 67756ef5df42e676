#include "data/dataset_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::HasSubstr;

DatasetDescription Example() {
  DatasetDescription description;
  description.name = "shop";
  description.seed = 7;
  description.has_times = true;
  description.counts = {10, 7, 1, {{"rule", 2}, {"k_core", 0}}, 3, 4, {5, 1, 1}};
  description.split_rule = "By time.";
  description.tie_rule = "Input order.";
  description.part_starts = {1, 2, 3};
  description.user_digest = "aa";
  description.item_digest = "bb";
  description.event_types = {"", "view"};
  description.has_quantities = true;
  description.has_answers = true;
  description.item_graph = features::FeatureGraph().ToJson();
  description.context_graph = features::FeatureGraph().ToJson();
  description.files = {{"train.arrow", 12, "cc"}};
  return description;
}

TEST(DatasetDescriptionTest, ReadsBackWhatItRenders) {
  const std::string text = RenderDescription(Example());
  const DatasetDescription read = ParseDescription(text, "dataset.json");
  EXPECT_EQ(RenderDescription(read), text);
  EXPECT_EQ(read.counts.filtered, Example().counts.filtered);
  EXPECT_EQ(read.counts.part_events, Example().counts.part_events);
  EXPECT_EQ(read.part_starts, Example().part_starts);
  EXPECT_EQ(read.event_types, Example().event_types);
  EXPECT_TRUE(read.has_times);
  EXPECT_TRUE(read.has_quantities);
  EXPECT_FALSE(read.has_prices);
  EXPECT_TRUE(read.has_answers);
  EXPECT_EQ(read.files.front().name, "train.arrow");
  EXPECT_EQ(read.files.front().size, 12U);
}

TEST(DatasetDescriptionTest, TextThatDescribesNoDatasetIsDataLossNamingTheFile) {
  for (const char* text : {"", "[]", "{}", R"({"format": "shortlist.bundle", "version": 1})",
                           R"({"format": "shortlist.dataset", "version": 1})"}) {
    const Error error = ErrorOf([&] { ParseDescription(text, "dataset.json"); });
    EXPECT_EQ(error.code(), Code::kDataLoss) << text;
    EXPECT_THAT(error.what(), HasSubstr("dataset.json"));
  }
}

void SetVersion(char version, std::string& text) {
  const std::string ours = "\"version\": 2,\n  \"vocab";
  text[text.find(ours) + 11] = version;
}

TEST(DatasetDescriptionTest, TheFirstVersionKnowsNothingOfAnswers) {
  DatasetDescription description = Example();
  description.has_answers = false;
  std::string text = RenderDescription(description);
  SetVersion('1', text);
  const std::string answers = "    \"answers\": false,\n";
  ASSERT_NE(text.find(answers), std::string::npos);
  text.erase(text.find(answers), answers.size());
  EXPECT_FALSE(ParseDescription(text, "dataset.json").has_answers);
}

TEST(DatasetDescriptionTest, AnotherVersionIsAFailedPrecondition) {
  std::string text = RenderDescription(Example());
  SetVersion('3', text);
  const Error error = ErrorOf([&] { ParseDescription(text, "dataset.json"); });
  EXPECT_EQ(error.code(), Code::kFailedPrecondition);
  EXPECT_THAT(error.what(), HasSubstr("version 3"));
}

}  // namespace
}  // namespace shortlist::data
