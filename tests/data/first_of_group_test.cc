#include "data/first_of_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kDay = 86400;

std::vector<bool> FirstOnes(Deduplication by, const std::vector<TestEvent>& events) {
  FirstOfGroup group(by, 3);
  std::vector<bool> first;
  for (const TestEvent& event : events) first.push_back(group.IsFirst(MakeHeader(event, 0)));
  return first;
}

const std::vector<TestEvent> kEvents = {{0, 1, 5},    {0, 2, 6},    {0, 1, kDay - 1},
                                        {0, 1, kDay}, {1, 1, kDay}, {1, 2, kDay}};

TEST(FirstOfGroupTest, KeepsTheFirstOfEachUserAndItem) {
  EXPECT_THAT(FirstOnes(Deduplication::kUserItem, kEvents), ElementsAre(true, true, false, false, true, true));
}

TEST(FirstOfGroupTest, KeepsTheFirstOfEachDay) {
  EXPECT_THAT(FirstOnes(Deduplication::kUserItemDay, kEvents), ElementsAre(true, true, false, true, true, true));
}

TEST(FirstOfGroupTest, DaysBefore1970AreDaysToo) {
  EXPECT_THAT(FirstOnes(Deduplication::kUserItemDay, {{0, 1, -kDay}, {0, 1, -1}, {0, 1, 0}, {0, 1, 1}}),
              ElementsAre(true, false, true, false));
}

TEST(FirstOfGroupTest, KeepsAllIfNotAsked) {
  EXPECT_THAT(FirstOnes(Deduplication::kNone, {{0, 1, 5}, {0, 1, 5}}), ElementsAre(true, true));
}

}  // namespace
}  // namespace shortlist::data
