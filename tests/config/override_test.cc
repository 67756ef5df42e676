#include "config/override.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/settings_json.h"
#include "config/config.h"
#include "shortlist/error.h"

namespace shortlist::config {
namespace {

using ::testing::HasSubstr;

Settings Parse(const std::string& text) {
  return ParseSettings(text, "retailer.yaml");
}

std::string Refusal(const std::string& text, const Override& override) {
  try {
    WithOverrides(text, std::vector{override});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(OverrideTest, SetsFieldsThatTheTextHasAndThoseThatItLacks) {
  const std::string text = "# a comment\nname: shop\nmodel:\n  dimension: 64 # wide\ntrain: {epochs: 3}\n";
  const Settings settings = Parse(WithOverrides(text, std::vector<Override>{{"model.dimension", "128"},
                                                                            {"model.user_hidden", "[32, 16]"},
                                                                            {"train.optimizer.dense_rate", "1e-3"},
                                                                            {"train.candidates", "catalog"}}));
  EXPECT_EQ(settings.name, "shop");
  EXPECT_EQ(settings.model.dimension, 128);
  EXPECT_EQ(settings.model.user_hidden, (std::vector<std::int64_t>{32, 16}));
  EXPECT_EQ(settings.train.epochs, 3);
  EXPECT_DOUBLE_EQ(settings.train.optimizer.dense_rate, 1e-3);
  EXPECT_EQ(settings.train.candidates, CandidateRule::kCatalog);
}

TEST(OverrideTest, SetsFieldsOfListElements) {
  const std::string text = "model: {history: {pools: [{weighting: mean}, {weighting: position_decay, decay: 0.6}]}}\n";
  const auto changed = WithOverrides(text, std::vector<Override>{{"model.history.pools[1].decay", "0.8"}});
  const auto pools = Parse(changed).model.history.pools;
  ASSERT_EQ(pools.size(), 2U);
  EXPECT_EQ(pools[1].weighting, PoolWeighting::kPositionDecay);
  EXPECT_DOUBLE_EQ(pools[1].decay, 0.8);
}

TEST(OverrideTest, AnEmptyTextGainsTheField) {
  EXPECT_EQ(Parse(WithOverrides("", std::vector<Override>{{"seed", "7"}})).seed, 7);
}

TEST(OverrideTest, UnknownFieldsAreLeftToTheParserToRefuse) {
  const std::string changed = WithOverrides("seed: 1\n", std::vector<Override>{{"model.dimensoin", "8"}});
  EXPECT_THROW(Parse(changed), Error);
}

TEST(OverrideTest, NothingSetMeansTheSameSettings) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SHORTLIST_SOURCE_DIR "/configs")) {
    const std::string text = base::ReadFile(entry.path());
    EXPECT_EQ(base::SettingsToJson(Parse(WithOverrides(text, {}))), base::SettingsToJson(Parse(text))) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 3);
}

TEST(OverrideTest, PathsThatLeadNowhereAreRefused) {
  EXPECT_THAT(Refusal("seed: 1\n", {"seed.more", "2"}), HasSubstr("cannot set 'seed.more' to '2'"));
  EXPECT_THAT(Refusal("model: {user_hidden: [8]}\n", {"model.user_hidden[1]", "2"}), HasSubstr("no element 1"));
  EXPECT_THAT(Refusal("", {"model.user_hidden[x]", "2"}), HasSubstr("a place like [0]"));
  EXPECT_THAT(Refusal("", {"model..x", "2"}), HasSubstr("a name is empty"));
  EXPECT_THAT(Refusal("", {"seed", "[1"}), HasSubstr("cannot set 'seed' to '[1'"));
}

}  // namespace
}  // namespace shortlist::config
