#include "eval/past_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PastEventsTest : public ::testing::Test {
 protected:
  PartFixture first_{{{{3, 10}, {1, 30}}, {}, {{0, 5}}}};
  PartFixture second_{{{{2, 20}, {1, 30}}, {}, {{0, 6}}}};
  Parts parts_{first_.get(), second_.get()};
};

TEST_F(PastEventsTest, HistoryIsInTimeOrderAcrossParts) {
  Query query;
  ReadHistory(parts_, 0, query);
  EXPECT_EQ(query.user, 0);
  EXPECT_THAT(query.history, ElementsAre(3, 2, 1, 1));
  EXPECT_THAT(query.times, ElementsAre(10, 20, 30, 30));
}

TEST_F(PastEventsTest, EventsOfOneTimeKeepTheOrderOfParts) {
  const PartFixture later({{{7, 1}, {8, 1}}});
  const PartFixture earlier({{{9, 1}, {6, 0}}});
  Query query;
  ReadHistory({later.get(), earlier.get()}, 0, query);
  EXPECT_THAT(query.history, ElementsAre(6, 7, 8, 9));
}

TEST_F(PastEventsTest, ReadingReplacesTheFormerHistory) {
  Query query;
  ReadHistory(parts_, 0, query);
  ReadHistory(parts_, 1, query);
  EXPECT_THAT(query.history, IsEmpty());
  EXPECT_THAT(query.times, IsEmpty());
}

TEST_F(PastEventsTest, CountsEventsOfEveryItem) {
  EXPECT_THAT(CountEvents(parts_, 5), ElementsAre(2, 2, 1, 1, 0));
}

TEST_F(PastEventsTest, AWindowIncludesItsStartAndNotItsEnd) {
  EXPECT_THAT(CountEvents(parts_, 5, {.since = 6, .until = 30}), ElementsAre(1, 0, 1, 1, 0));
}

}  // namespace
}  // namespace shortlist::eval
