#include "profile/shopper_data.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using Json = nlohmann::json;

TEST(ShopperDataTest, IsJsonOfAllThatIsHeld) {
  Event bought = MadeEvent("e-1", "shopper:1", "mug", 70, EventKind::kPurchase);
  bought.quantity = 2;
  bought.device = "phone";
  const ConsentChange agreed = MadeConsent("shopper:1", Bit(Purpose::kPersonalization) | Bit(Purpose::kTraining), 60);
  Profile profile;
  Apply(agreed, 1, {}, profile);
  Apply(bought, 2, {}, profile);
  const Json consent{
      {"purposes", {"personalization", "training"}}, {"version", "1"}, {"source", "banner"}, {"time", 60}};
  EXPECT_EQ(Json::parse(ToJson({"shopper:1", profile, {{bought}, {agreed}}})),
            (Json{{"user", "shopper:1"},
                  {"profile",
                   {{"events", {{{"item", "mug"}, {"event_type", "purchase"}, {"time", 70}}}},
                    {"activity", {{"purchase", {{"events", 1}, {"first", 70}, {"last", 70}}}}},
                    {"consent", consent}}},
                  {"events",
                   {{{"event_id", "e-1"},
                     {"event_type", "purchase"},
                     {"time", 70},
                     {"item", "mug"},
                     {"device", "phone"},
                     {"quantity", 2.0}}}},
                  {"consents", {consent}}}));
}

TEST(ShopperDataTest, OfAStrangerNothingIsHeld) {
  EXPECT_EQ(
      Json::parse(ToJson({"shopper:1", std::nullopt, {}})),
      (Json{{"user", "shopper:1"}, {"profile", nullptr}, {"events", Json::array()}, {"consents", Json::array()}}));
}

TEST(ShopperDataTest, TextThatIsNotUtf8HarmsNothing) {
  const Event event = MadeEvent("e-1", "shopper:1", "mug\xff", 70);
  EXPECT_TRUE(Json::accept(ToJson({"shopper:1", std::nullopt, {{event}, {}}})));
}

}  // namespace
}  // namespace shortlist::profile
