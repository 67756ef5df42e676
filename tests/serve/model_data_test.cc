#include "serve/model_data.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const ServingSnapshot> Made(TimesOfEvents times) {
  const ScratchFolder folder;
  return ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(7, times), folder.path()));
}

class ModelDataTest : public ::testing::Test {
 protected:
  std::vector<std::string> NamesFor(const std::string& id) const {
    std::vector<std::string> names;
    for (const auto& model : ReadModelData(traffic_, id, data_)) names.push_back(model.policy + " " + model.user);
    return names;
  }

  profile::ShopperData data_{"shopper:1", std::nullopt, {}};
  Traffic traffic_{.stable = Made(TimesOfEvents::kKnown)};
};

TEST_F(ModelDataTest, HasHistoryAndVector) {
  const auto models = ReadModelData(traffic_, UserName(3), data_);
  ASSERT_EQ(models.size(), 1);
  EXPECT_EQ(models[0].version, traffic_.stable->bundle().version());
  EXPECT_EQ(models[0].vector, traffic_.stable->bundle().users().Vector(3));
  ASSERT_EQ(models[0].history.size(), 3);
  for (std::int32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(models[0].history[i].item, ItemName(9 + i));
    EXPECT_EQ(models[0].history[i].time, kFirstTime + i * kDay);
  }
}

TEST_F(ModelDataTest, IsOfEveryVersionAndName) {
  traffic_.canary = Made(TimesOfEvents::kUnknown);
  data_.name = UserName(4);
  data_.profile.emplace().visitors = {UserName(5), "shopper:9"};
  EXPECT_THAT(NamesFor("user-3"), ElementsAre("stable user-3", "stable user-4", "stable user-5", "canary user-3",
                                              "canary user-4", "canary user-5"));
}

TEST_F(ModelDataTest, OfAStrangerNothingIsHeld) {
  EXPECT_THAT(ReadModelData(traffic_, "nobody", data_), IsEmpty());
  EXPECT_THAT(ReadModelData({}, "user-3", data_), IsEmpty());
}

TEST_F(ModelDataTest, EventsWithoutTimesHaveNone) {
  traffic_.stable = Made(TimesOfEvents::kUnknown);
  const auto models = ReadModelData(traffic_, UserName(3), data_);
  ASSERT_EQ(models.size(), 1);
  for (const auto& event : models[0].history) EXPECT_FALSE(event.time);
}

}  // namespace
}  // namespace shortlist::serve
