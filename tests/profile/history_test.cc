#include "profile/history.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HistoryTest : public ::testing::Test {
 protected:
  History Merged(const std::vector<std::int32_t>& items, const std::vector<std::int64_t>& times, std::int64_t now,
                 TimeKind kind = TimeKind::kUnixSeconds) const {
    return Merge({stored_items_, stored_times_}, {items, times}, now, kind);
  }

  std::vector<std::int32_t> stored_items_{1, 2};
  std::vector<std::int64_t> stored_times_{100, 200};
};

TEST_F(HistoryTest, MergesByTimeStoredFirstAmongEquals) {
  const History history = Merged({3, 4, 5}, {200, 150, 250}, 1000);
  EXPECT_THAT(history.items, ElementsAre(1, 4, 2, 3, 5));
  EXPECT_THAT(history.times, ElementsAre(100, 150, 200, 200, 250));
  EXPECT_EQ(history.now, 1000);
}

TEST_F(HistoryTest, EqualTimesKeepTheOrderOfTheRequest) {
  stored_items_.clear();
  stored_times_.clear();
  EXPECT_THAT(Merged({9, 3, 7, 1}, {5, 5, 4, 5}, 10).items, ElementsAre(7, 9, 3, 1));
}

TEST_F(HistoryTest, RecentEventsOfTheFutureHappenNow) {
  const History history = Merged({3, 4}, {900, 120}, 150);
  EXPECT_THAT(history.items, ElementsAre(1, 4, 3, 2));
  EXPECT_THAT(history.times, ElementsAre(100, 120, 150, 200));
}

TEST_F(HistoryTest, WithoutTimesEventsAreNumbered) {
  const History history = Merged({3, 4}, {900, 120}, 150, TimeKind::kOrderNumbers);
  EXPECT_THAT(history.items, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(history.times, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(history.now, 4);
}

TEST_F(HistoryTest, IsKnownIfThereIsAnyEvent) {
  EXPECT_TRUE(Merged({}, {}, 10).known());
  stored_items_.clear();
  stored_times_.clear();
  EXPECT_TRUE(Merged({3}, {1}, 10).known());
  const History nothing = Merged({}, {}, 10);
  EXPECT_FALSE(nothing.known());
  EXPECT_THAT(nothing.items, IsEmpty());
}

}  // namespace
}  // namespace shortlist::profile
