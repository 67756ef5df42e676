#include "data/dataset_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
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
  EXPECT_EQ(read.files.front().name, "train.arrow");
  EXPECT_EQ(read.files.front().size, 12U);
}

TEST(DatasetDescriptionTest, EveryFlippedByteIsRefused) {
  const std::string text = RenderDescription(Example());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    ASSERT_EQ(ErrorOf([&] { ParseDescription(damaged, "dataset.json"); }).code(), Code::kDataLoss) << "byte " << i;
  }
  for (const std::size_t size : {text.size() - 1, text.size() / 2, std::size_t{0}}) {
    const Error error = ErrorOf([&] { ParseDescription(text.substr(0, size), "dataset.json"); });
    EXPECT_THAT(error.what(), HasSubstr("dataset.json"));
  }
}

TEST(DatasetDescriptionTest, AnotherVersionIsAFailedPrecondition) {
  auto json = nlohmann::json::parse(RenderDescription(Example()));
  json["version"] = 2;
  json.erase("sha256");
  json["sha256"] = base::Sha256(json.dump());
  const Error error = ErrorOf([&] { ParseDescription(json.dump(2) + "\n", "dataset.json"); });
  EXPECT_EQ(error.code(), Code::kFailedPrecondition);
  EXPECT_THAT(error.what(), HasSubstr("version 2"));
}

}  // namespace
}  // namespace shortlist::data
