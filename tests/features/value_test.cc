#include "features/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ParseNumberTest, ReadsFiniteDecimals) {
  EXPECT_EQ(ParseNumber("2.5"), 2.5);
  EXPECT_EQ(ParseNumber(" -3e2 "), -300.0);
  EXPECT_EQ(ParseNumber("+7"), 7.0);
}

TEST(ParseNumberTest, RefusesEverythingElse) {
  for (const char* text : {"", " ", "1,5", "12abc", "nan", "inf", "-inf", "1e999", "0x10", "+-1", "--1"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(ParseTimeTest, ReadsCalendarTimesAsUtc) {
  EXPECT_EQ(ParseTime("1970-01-01"), 0);
  EXPECT_EQ(ParseTime("2009-12-01T07:45:00"), 1259653500);
  EXPECT_EQ(ParseTime("2009-12-01 07:45"), 1259653500);
  EXPECT_EQ(ParseTime("2009-12-01T07:45:00.999Z"), 1259653500);
  EXPECT_EQ(ParseTime("2012-02-29"), 1330473600);
  EXPECT_EQ(ParseTime("1969-12-31T23:59:59"), -1);
}

TEST(ParseTimeTest, AppliesTheZone) {
  EXPECT_EQ(ParseTime("2009-12-01T07:45:00+01:00"), 1259653500 - 3600);
  EXPECT_EQ(ParseTime("2009-12-01T07:45:00-0530"), 1259653500 + 5 * 3600 + 1800);
  EXPECT_EQ(ParseTime("2009-12-01T07:45:00+01"), 1259653500 - 3600);
}

TEST(ParseTimeTest, ReadsUnixSecondsAndMilliseconds) {
  EXPECT_EQ(ParseTime("1259653500"), 1259653500);
  EXPECT_EQ(ParseTime("1259653500.75"), 1259653500);
  EXPECT_EQ(ParseTime("1259653500123"), 1259653500);
}

TEST(ParseTimeTest, RefusesWhatIsNoTime) {
  for (const char* text : {"", "yesterday", "2009-13-01", "2011-02-29", "2009-12-01T", "2009-12-01T25:00",
                           "2009-12-01T07:45:00 UTC", "01/12/2009", "2009-12-01T07:61", "nan", "1e300"}) {
    EXPECT_EQ(ParseTime(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(CellTest, ConvertsBetweenTextsAndNumbers) {
  EXPECT_EQ(NumberOf(Value("1.5")), 1.5);
  EXPECT_EQ(NumberOf(Value("much")), std::nullopt);
  EXPECT_EQ(NumberOf(Value()), std::nullopt);
  EXPECT_EQ(NumberOf(Value(std::vector<std::string>{"1", "2"})), std::nullopt);
  EXPECT_EQ(TimeOf(Value(1259653500.0)), 1259653500);
  EXPECT_THAT(TextsOf(Value(2.5)), ElementsAre("2.5"));
  EXPECT_THAT(TextsOf(Value(std::vector<std::string>{"a", "", "b"})), ElementsAre("a", "b"));
  EXPECT_THAT(TextsOf(Value("")), IsEmpty());
}

}  // namespace
}  // namespace shortlist::features
