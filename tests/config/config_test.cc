#include "config/config.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/settings_json.h"
#include "shortlist/error.h"

namespace shortlist::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The message of the error that parsing must throw.
std::string Refusal(std::string_view text) {
  try {
    ParseSettings(text, "retailer.yaml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  ADD_FAILURE() << "accepted:\n" << text;
  return "";
}

TEST(ConfigTest, AnEmptyFileGivesTheDefaults) {
  EXPECT_EQ(base::SettingsToJson(ParseSettings("", "empty.yaml")), base::SettingsToJson(Settings{}));
}

TEST(ConfigTest, ReadsEveryKindOfField) {
  const Settings settings = ParseSettings(R"(
name: toys
seed: 7
model:
  similarity: dot
  temperature: 1e-1
  learn_temperature: true
  user_hidden: []
  item_hidden: [8, 16]
  history:
    pools:
      - {weighting: mean}
      - {weighting: position_decay, decay: 0.9}
evaluate:
  k: 5
  seen: [mask, allow]
)",
                                          "toys.yaml");
  EXPECT_EQ(settings.name, "toys");
  EXPECT_EQ(settings.seed, 7);
  EXPECT_EQ(settings.model.similarity, Similarity::kDot);
  EXPECT_DOUBLE_EQ(settings.model.temperature, 0.1);
  EXPECT_TRUE(settings.model.learn_temperature);
  EXPECT_THAT(settings.model.user_hidden, ElementsAre());
  EXPECT_THAT(settings.model.item_hidden, ElementsAre(8, 16));
  ASSERT_EQ(settings.model.history.pools.size(), 2);
  EXPECT_EQ(settings.model.history.pools[0].weighting, PoolWeighting::kMean);
  EXPECT_DOUBLE_EQ(settings.model.history.pools[1].decay, 0.9);
  EXPECT_THAT(settings.evaluate.k, ElementsAre(5));
  EXPECT_THAT(settings.evaluate.seen, ElementsAre(SeenRule::kMask, SeenRule::kAllow));
}

TEST(ConfigTest, SettingsWrittenAsJsonAreValidYaml) {
  Settings settings;
  settings.model.dimension = 48;
  settings.data.events.paths = {"events.csv"};
  settings.data.events.rules = {{"known", "customer", RuleOperator::kNotEmpty, {}}};
  const std::string json = base::SettingsToJson(settings);
  EXPECT_EQ(base::SettingsToJson(ParseSettings(json, "settings.json")), json);
}

TEST(ConfigTest, AnUnknownFieldIsNamedWithItsPlaceAndTheNearestName) {
  EXPECT_EQ(Refusal("model:\n  dimensoin: 64\n"),
            "retailer.yaml:2:3: model.dimensoin: unknown field; did you mean 'dimension'?");
}

TEST(ConfigTest, AnUnknownNameOfAnEnumerationSuggestsTheNearest) {
  EXPECT_EQ(Refusal("index:\n  items: {kind: hsnw}\n"),
            "retailer.yaml:2:11: index.items.kind: unknown value 'hsnw'; did you mean 'hnsw'?");
}

TEST(ConfigTest, ARepeatedKeyIsRefusedWhereItRepeats) {
  EXPECT_EQ(Refusal("seed: 1\nname: a\nseed: 2\n"), "retailer.yaml:3:1: seed: the key stands here a second time");
}

TEST(ConfigTest, WrongTypesAreRefused) {
  EXPECT_THAT(Refusal("seed: many"), HasSubstr("retailer.yaml:1:1: seed: expected a whole number, found 'many'"));
  EXPECT_THAT(Refusal("seed: 1.5"), HasSubstr("expected a whole number, found '1.5'"));
  EXPECT_THAT(Refusal("seed: '1'"), HasSubstr("expected a whole number"));
  EXPECT_THAT(Refusal("seed: [1]"), HasSubstr("expected a whole number, found a list"));
  EXPECT_THAT(Refusal("seed:"), HasSubstr("expected a whole number, found nothing"));
  EXPECT_THAT(Refusal("seed: 99999999999999999999"), HasSubstr("expected a whole number"));
  EXPECT_THAT(Refusal("model: {temperature: .nan}"), HasSubstr("expected a number"));
  EXPECT_THAT(Refusal("model: {temperature: inf}"), HasSubstr("expected a number"));
  EXPECT_THAT(Refusal("model: {learn_temperature: yes}"), HasSubstr("expected true or false, found 'yes'"));
  EXPECT_THAT(Refusal("model: 3"), HasSubstr("model: expected a mapping, found '3'"));
  EXPECT_THAT(Refusal("model: {history: {pools: mean}}"), HasSubstr("expected a list, found 'mean'"));
  EXPECT_THAT(Refusal("name: {a: b}"), HasSubstr("expected text, found a mapping"));
  EXPECT_THAT(Refusal("- 1\n- 2\n"), HasSubstr("expected a mapping, found a list"));
}

TEST(ConfigTest, NumbersOutOfBoundsAreRefusedWithTheBounds) {
  EXPECT_EQ(Refusal("model:\n  dimension: 1\n"),
            "retailer.yaml:2:3: model.dimension: 1 is out of bounds; it must lie between 2 and 65536");
  EXPECT_THAT(Refusal("model: {item_hidden: [8, 0]}"),
              HasSubstr("model.item_hidden[1]: 0 is out of bounds; it must lie between 1 and 65536"));
}

TEST(ConfigTest, AllProblemsOfAFileAreToldInOrder) {
  EXPECT_EQ(Refusal("sed: 1\nmodel:\n  dimension: 0\nthreads: x\n"),
            "retailer.yaml:1:1: sed: unknown field; did you mean 'seed'?\n"
            "retailer.yaml:3:3: model.dimension: 0 is out of bounds; it must lie between 2 and 65536\n"
            "retailer.yaml:4:1: threads: expected a whole number, found 'x'");
}

TEST(ConfigTest, TextThatIsNotYamlIsRefusedWithItsPlace) {
  EXPECT_THAT(Refusal("model: {dimension: 4\nseed: 1\n"), HasSubstr("retailer.yaml:2:"));
  EXPECT_THAT(Refusal("a: b: c"), HasSubstr("not YAML"));
  EXPECT_THAT(Refusal("seed: 1\n---\nseed: 2\n"), HasSubstr("second document"));
  EXPECT_THAT(Refusal(",\xf8\x92\x83 seed: 1\n"), HasSubstr("second document"));
}

TEST(ConfigTest, DeeplyNestedTextIsRefused) {
  EXPECT_THAT(Refusal(std::string(100000, '[')), HasSubstr("not YAML"));
}

TEST(ConfigTest, AMissingFileIsNamed) {
  try {
    LoadSettings("/nonexistent/retailer.yaml");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/retailer.yaml"));
  }
}

TEST(ConfigTest, ReadsAFile) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "config_test_reads_a_file.yaml";
  std::ofstream(path) << "name: toys\n";
  EXPECT_EQ(LoadSettings(path).name, "toys");
  std::filesystem::remove(path);
}

// Every configuration of the repository, whatever its stages need from the machine.
TEST(ConfigTest, TheConfigurationsOfTheRepositoryAreValid) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SHORTLIST_SOURCE_DIR "/configs")) {
    if (entry.path().extension() != ".yaml") continue;
    EXPECT_NO_THROW(LoadSettings(entry.path())) << entry.path();
    ++count;
  }
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace shortlist::config
