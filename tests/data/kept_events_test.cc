#include "data/kept_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_fixtures.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

class KeptEventsTest : public ::testing::Test {
 protected:
  KeptEvents Keep(const std::vector<TestEvent>& events, CoreThresholds thresholds, bool has_times) {
    const auto path = WriteEvents(folder_.path() / "events", events);
    core_ = FindCore(path, schema_, 4, 4, thresholds);
    return KeptEvents(path, schema_, core_, split_, 1, has_times);
  }
  // user, item, time, part of each event
  static std::vector<std::vector<std::int64_t>> Rows(const KeptEvents& events) {
    std::vector<std::vector<std::int64_t>> rows;
    events.ForEach([&](const KeptEvent& event) {
      rows.push_back({event.user, event.item, event.time, static_cast<std::int64_t>(event.part)});
    });
    return rows;
  }

  TemporaryFolder folder_;
  EventSchema schema_;
  SplitSettings split_;
  Core core_;
};

TEST_F(KeptEventsTest, NumbersWhatIsKeptWithoutGaps) {
  const KeptEvents events = Keep({{1, 3, 10}, {1, 1, 20}, {3, 1, 5}, {3, 3, 6}, {3, 0, 7}}, {2, 2}, true);
  EXPECT_THAT(events.users(), ElementsAre(1, 3));
  EXPECT_THAT(events.items(), ElementsAre(1, 3));
  EXPECT_EQ(events.NewItem(3), 1);
  EXPECT_EQ(events.NewItem(0), KeptEvents::kDropped);
  EXPECT_THAT(Rows(events), ElementsAre(ElementsAre(0, 1, 10, 0), ElementsAre(0, 0, 20, 0), ElementsAre(1, 0, 5, 0),
                                        ElementsAre(1, 1, 6, 0)));
}

TEST_F(KeptEventsTest, WithoutTimesTheyAreOrderNumbersOverAllParts) {
  const KeptEvents events = Keep({{0, 0}, {0, 1}, {0, 2}, {0, 0}, {2, 1}}, {0, 0}, false);
  EXPECT_THAT(Rows(events), ElementsAre(ElementsAre(0, 0, 0, 0), ElementsAre(0, 1, 1, 0), ElementsAre(0, 2, 2, 1),
                                        ElementsAre(0, 0, 3, 2), ElementsAre(1, 1, 0, 0)));
}

TEST_F(KeptEventsTest, WhatIsHeldBackIsTestAlone) {
  const auto path = WriteEvents(folder_.path() / "events", {{0, 0}, {0, 1}, {0, 2}, {0, 1}, {2, 0}, {2, 1}});
  core_ = FindCore(path, schema_, 4, 4, {0, 0});
  HeldBack held{{false, false, true, false}, {false, true, false, false}};
  const KeptEvents events(path, schema_, core_, split_, 1, false, held);
  EXPECT_THAT(Rows(events), ElementsAre(ElementsAre(0, 0, 0, 0), ElementsAre(0, 2, 2, 1), ElementsAre(0, 1, 3, 2),
                                        ElementsAre(1, 0, 0, 2), ElementsAre(1, 1, 1, 2)));
}

TEST_F(KeptEventsTest, EveryPassGivesTheSame) {
  split_ = {SplitRule::kFiles, "", "", {"t"}, 0.3};
  std::vector<TestEvent> input(40);
  input.push_back({0, 1, 0, Origin::kTestFiles});
  const KeptEvents events = Keep(input, {0, 0}, false);
  const auto first = Rows(events);
  EXPECT_EQ(Rows(events), first);
  EXPECT_EQ(std::count_if(first.begin(), first.end(), [](const auto& row) { return row[3] == 1; }), 12);
}

}  // namespace
}  // namespace shortlist::data
