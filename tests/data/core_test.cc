#include "data/core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_fixtures.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

Core Find(const std::vector<TestEvent>& events, CoreThresholds thresholds) {
  const TemporaryFolder folder;
  return FindCore(WriteEvents(folder.path() / "events", events), EventSchema(), 4, 4, thresholds);
}

TEST(CoreTest, DropsRepeatedlyUntilAllHaveEnough) {
  // Item 3 has one event, without which user 2 has one, without which item 2 has one, without which user 1 has one.
  const Core core = Find({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {2, 2}, {2, 3}}, {2, 2});
  EXPECT_THAT(core.user_events, ElementsAre(2, 2, 0, 0));
  EXPECT_THAT(core.item_events, ElementsAre(2, 2, 0, 0));
  EXPECT_EQ(core.events, 4);
  EXPECT_TRUE(core.Keeps({.user = 1, .item = 1}));
  EXPECT_FALSE(core.Keeps({.user = 1, .item = 2}));
}

TEST(CoreTest, MayDropEverything) {
  EXPECT_EQ(Find({{0, 0}, {0, 1}, {1, 1}, {1, 2}}, {2, 2}).events, 0);
}

TEST(CoreTest, ThresholdsAreSeparate) {
  EXPECT_EQ(Find({{0, 0}, {0, 1}, {1, 1}}, {2, 0}).events, 2);
  EXPECT_EQ(Find({{0, 0}, {0, 1}, {1, 1}}, {0, 2}).events, 2);
}

TEST(CoreTest, WithoutThresholdsOnlyIdsWithoutEventsAreDropped) {
  const Core core = Find({{0, 3}, {2, 3}}, {0, 0});
  EXPECT_THAT(core.user_events, ElementsAre(1, 0, 1, 0));
  EXPECT_THAT(core.item_events, ElementsAre(0, 0, 0, 2));
}

}  // namespace
}  // namespace shortlist::data
