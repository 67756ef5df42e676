#include "base/settings_json.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const std::string& json) {
  try {
    SettingsFromJson<ModelSettings>(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kDataLoss);
    return error.what();
  }
  return "accepted";
}

TEST(SettingsJsonTest, RoundTripsEveryKindOfField) {
  Settings settings;
  settings.name = "toys \"and\" games";
  settings.seed = 9007199254740991;
  settings.model.temperature = 0.1;
  settings.model.learn_temperature = true;
  settings.model.similarity = Similarity::kDot;
  settings.model.item_hidden = {3, 4};
  settings.model.history.pools.push_back({PoolWeighting::kTimeDecay, 0.5, 1.0 / 3});
  settings.data.events.rules = {{"known", "customer", RuleOperator::kIn, {"a", "b"}}};
  const std::string json = SettingsToJson(settings);
  const auto read = SettingsFromJson<Settings>(json);
  EXPECT_EQ(SettingsToJson(read), json);
  EXPECT_EQ(read.model.history.pools[1].half_life_days, 1.0 / 3);
  EXPECT_EQ(read.data.events.rules[0].is, RuleOperator::kIn);
  EXPECT_THAT(json, HasSubstr(R"("temperature":0.1,"learn_temperature":true)"));
  EXPECT_THAT(json, HasSubstr(R"("similarity":"dot")"));
}

TEST(SettingsJsonTest, AnyChangeChangesTheText) {
  ModelSettings settings;
  const std::string before = SettingsToJson(settings);
  settings.dropout += 1e-12;
  EXPECT_NE(SettingsToJson(settings), before);
}

TEST(SettingsJsonTest, MissingFieldsKeepTheirDefaults) {
  EXPECT_EQ(SettingsToJson(SettingsFromJson<ModelSettings>("{}")), SettingsToJson(ModelSettings{}));
  EXPECT_EQ(SettingsFromJson<ModelSettings>(R"({"dimension":8})").dimension, 8);
}

TEST(SettingsJsonTest, WhatIsNotSettingsIsRefusedByField) {
  EXPECT_THAT(Refusal("{"), HasSubstr("not JSON"));
  EXPECT_THAT(Refusal("[]"), HasSubstr("is not an object"));
  EXPECT_THAT(Refusal(R"({"width":8})"), HasSubstr("'width' is unknown"));
  EXPECT_THAT(Refusal(R"({"dimension":"8"})"), HasSubstr("'dimension' is not a number"));
  EXPECT_THAT(Refusal(R"({"dimension":8.5})"), HasSubstr("'dimension' is not a number"));
  EXPECT_THAT(Refusal(R"({"dimension":1})"), HasSubstr("'dimension' is out of bounds"));
  EXPECT_THAT(Refusal(R"({"dimension":18446744073709551615})"), HasSubstr("'dimension' is out of bounds"));
  EXPECT_THAT(Refusal(R"({"user_residual":1})"), HasSubstr("'user_residual' has another type"));
  EXPECT_THAT(Refusal(R"({"similarity":"l2"})"), HasSubstr("'similarity' has the unknown value"));
  EXPECT_THAT(Refusal(R"({"user_hidden":4})"), HasSubstr("'user_hidden' is not a list"));
  EXPECT_THAT(Refusal(R"({"history":{"pools":[{},{"decay":2}]}})"), HasSubstr("'history.pools[1].decay' is out of"));
}

}  // namespace
}  // namespace shortlist::base
