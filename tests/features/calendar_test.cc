#include "features/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/fixtures.h"

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;

TEST(HourOfDayTest, CountsFromOne) {
  const Transform hour = Fit(SettingsOf(TransformKind::kHourOfDay), {});
  EXPECT_EQ(Cardinality(hour), 25);
  EXPECT_THAT(Ids(hour, Value("2009-12-01T00:10")), ElementsAre(1));
  EXPECT_THAT(Ids(hour, Value("2009-12-01T23:59:59")), ElementsAre(24));
  EXPECT_THAT(Ids(hour, Value(-1.0)), ElementsAre(24));
  EXPECT_THAT(Ids(hour, Value()), ElementsAre(0));
}

TEST(DayOfWeekTest, MondayIsOne) {
  const Transform day = Fit(SettingsOf(TransformKind::kDayOfWeek), {});
  EXPECT_EQ(Cardinality(day), 8);
  EXPECT_THAT(Ids(day, Value("2024-01-01")), ElementsAre(1));
  EXPECT_THAT(Ids(day, Value("2024-01-07T23:59")), ElementsAre(7));
  EXPECT_THAT(Ids(day, Value("1969-12-29")), ElementsAre(1));
  EXPECT_THAT(Ids(day, Value("soon")), ElementsAre(0));
}

}  // namespace
}  // namespace shortlist::features
