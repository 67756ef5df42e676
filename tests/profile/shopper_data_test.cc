#include "profile/shopper_data.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "profile/made_decisions.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using Json = nlohmann::json;

TEST(ShopperDataTest, IsJsonOfAllThatIsHeld) {
  Event bought = MadeEvent("e-1", "shopper:1", "mug", 70, EventKind::kPurchase);
  bought.quantity = 2;
  bought.device = "phone";
  bought.request = "r-1";
  const ConsentChange agreed = MadeConsent("shopper:1", Bit(Purpose::kPersonalization) | Bit(Purpose::kTraining), 60);
  Profile profile;
  Apply(agreed, 1, {}, profile);
  Apply(bought, 2, {}, profile);
  profile.visitors = {"shopper:2"};
  const Json consent{
      {"purposes", {"personalization", "training"}}, {"version", "1"}, {"source", "banner"}, {"time", 60}};
  const Json items{{{"item", "mug"}, {"score", .5}, {"reason", "similar"}},
                   {{"item", "cup"}, {"score", -.25}, {"reason", "popular"}, {"probability", .125}}};
  const Json decision{{"request_id", "r-1"}, {"time", 65}, {"bundle_version", "v1"}, {"policy", "stable"},
                      {"reason", "history"}, {"k", 2},     {"history_events", 3},    {"context", {{"device", "phone"}}},
                      {"items", items}};
  EXPECT_EQ(Json::parse(ToJson({"shopper:1", profile, {{bought}, {agreed}}, {MadeDecision("r-1", "shopper:1", 65)}})),
            (Json{{"user", "shopper:1"},
                  {"profile",
                   {{"events", {{{"item", "mug"}, {"event_type", "purchase"}, {"time", 70}}}},
                    {"activity", {{"purchase", {{"events", 1}, {"first", 70}, {"last", 70}}}}},
                    {"visitors", {"shopper:2"}},
                    {"consent", consent}}},
                  {"events",
                   {{{"event_id", "e-1"},
                     {"event_type", "purchase"},
                     {"time", 70},
                     {"item", "mug"},
                     {"device", "phone"},
                     {"request_id", "r-1"},
                     {"quantity", 2.0}}}},
                  {"consents", {consent}},
                  {"decisions", {decision}},
                  {"models", Json::array()}}));
}

TEST(ShopperDataTest, OfAStrangerNothingIsHeld) {
  EXPECT_EQ(Json::parse(ToJson({"shopper:1", std::nullopt, {}})), (Json{{"user", "shopper:1"},
                                                                        {"profile", nullptr},
                                                                        {"events", Json::array()},
                                                                        {"consents", Json::array()},
                                                                        {"decisions", Json::array()},
                                                                        {"models", Json::array()}}));
}

TEST(ShopperDataTest, HasWhatModelsWereMadeWith) {
  ShopperData data{"shopper:1", std::nullopt, {}};
  data.models = {{"v1", "stable", "ann", {{"mug", 70}, {"cup", {}}}, {.5F, -2}}};
  EXPECT_EQ(Json::parse(ToJson(data)).at("models"),
            (Json{{{"bundle_version", "v1"},
                   {"policy", "stable"},
                   {"user", "ann"},
                   {"history", {{{"item", "mug"}, {"time", 70}}, {{"item", "cup"}}}},
                   {"vector", {.5, -2}}}}));
}

TEST(ShopperDataTest, TextThatIsNotUtf8HarmsNothing) {
  const Event event = MadeEvent("e-1", "shopper:1", "mug\xff", 70);
  EXPECT_TRUE(Json::accept(ToJson({"shopper:1", std::nullopt, {{event}, {}}})));
}

}  // namespace
}  // namespace shortlist::profile
