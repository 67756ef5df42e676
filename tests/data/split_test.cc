#include "data/split.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_fixtures.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Part kTrain = Part::kTrain;
constexpr Part kValidation = Part::kValidation;
constexpr Part kTest = Part::kTest;

std::vector<Part> Assign(const SplitSettings& settings, const std::vector<TestEvent>& events, std::uint64_t seed = 1) {
  UserCounts counts{std::vector<std::int64_t>(100), std::vector<std::int64_t>(100)};
  for (const TestEvent& event : events) {
    ++counts.events[event.user];
    counts.training_events[event.user] += event.origin == Origin::kEvents ? 1 : 0;
  }
  const auto split = MakeSplit(settings, seed, counts);
  std::vector<Part> parts;
  for (const TestEvent& event : events) parts.push_back(split->Assign(MakeHeader(event, 0)));
  return parts;
}

TEST(SplitTest, LeavesTheLastTwoOfAtLeastThreeOut) {
  EXPECT_THAT(Assign({}, {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 1}, {1, 2}, {2, 1}, {2, 2}, {2, 3}}),
              ElementsAre(kTrain, kTrain, kValidation, kTest, kTrain, kTrain, kTrain, kValidation, kTest));
}

TEST(SplitTest, ByTimeTheDayItselfBelongsToTheLaterPart) {
  const SplitSettings settings{SplitRule::kTime, "1970-01-02", "1970-01-03", {}, 0};
  EXPECT_THAT(Assign(settings, {{0, 1, 86399}, {0, 1, 86400}, {0, 1, 172799}, {0, 1, 172800}}),
              ElementsAre(kTrain, kValidation, kValidation, kTest));
}

TEST(SplitTest, DaysCountBackFromTheNewestEvent) {
  SplitSettings settings;
  settings.rule = SplitRule::kTime;
  settings.validation_days = 2;
  settings.test_days = 1;
  const SplitSettings dated = DateSplit(settings, 10 * 86400 + 5);
  EXPECT_EQ(ParseSplitDates(dated).test, 9 * 86400 + 6) << "the newest event is the last second of its day";
  EXPECT_EQ(ParseSplitDates(dated).validation, 7 * 86400 + 6);
  EXPECT_FALSE(FollowsNewest(dated));
  CheckSplit(settings, true);
  const SplitSettings fixed{SplitRule::kTime, "1970-01-02", "1970-01-03", {}, 0};
  EXPECT_EQ(DateSplit(fixed, 10 * 86400).test_start, "1970-01-03");
}

std::vector<TestEvent> FileEvents() {
  std::vector<TestEvent> events;
  for (std::uint32_t user = 0; user < 60; ++user) {
    for (std::uint32_t i = 0; i < user; ++i) events.push_back({user, i, 0, Origin::kEvents});
    events.push_back({user, 99, 0, Origin::kTestFiles});
  }
  return events;
}

TEST(SplitTest, ByFilesAShareOfEachShopperIsValidation) {
  const SplitSettings settings{SplitRule::kFiles, "", "", {"t"}, 0.1};
  const std::vector<TestEvent> events = FileEvents();
  const std::vector<Part> parts = Assign(settings, events);
  std::map<std::uint32_t, int> validation;
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(parts[i] == kTest, events[i].origin == Origin::kTestFiles);
    validation[events[i].user] += parts[i] == kValidation ? 1 : 0;
  }
  for (const auto& [user, count] : validation) EXPECT_EQ(count, user < 10 ? 0 : static_cast<int>(user / 10)) << user;
}

TEST(SplitTest, ByFilesOneOfTenIsValidationHoweverSmallTheShare) {
  const SplitSettings settings{SplitRule::kFiles, "", "", {"t"}, 0.01};
  const std::vector<Part> parts = Assign(settings, std::vector<TestEvent>(10));
  EXPECT_EQ(std::count(parts.begin(), parts.end(), kValidation), 1);
  const std::vector<Part> fewer = Assign(settings, std::vector<TestEvent>(9));
  EXPECT_EQ(std::count(fewer.begin(), fewer.end(), kValidation), 0);
}

TEST(SplitTest, ByFilesTheSeedDecides) {
  const SplitSettings settings{SplitRule::kFiles, "", "", {"t"}, 0.1};
  EXPECT_EQ(Assign(settings, FileEvents(), 1), Assign(settings, FileEvents(), 1));
  EXPECT_NE(Assign(settings, FileEvents(), 1), Assign(settings, FileEvents(), 2));
}

TEST(SplitTest, ByFilesEveryPlaceIsEquallyLikely) {
  const SplitSettings settings{SplitRule::kFiles, "", "", {"t"}, 0.1};
  std::vector<int> taken(20);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const std::vector<Part> parts = Assign(settings, std::vector<TestEvent>(20), seed);
    for (std::size_t i = 0; i < parts.size(); ++i) taken[i] += parts[i] == kValidation ? 1 : 0;
  }
  for (const int count : taken) EXPECT_NEAR(count, 200, 60);
}

void ExpectRefused(const SplitSettings& settings, bool has_times, const std::string& message) {
  const Error error = ErrorOf([&] { CheckSplit(settings, has_times); });
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.what(), HasSubstr(message));
}

TEST(SplitTest, RefusesSettingsThatDoNotFit) {
  ExpectRefused({SplitRule::kTime, "2011-09-17", "2011-10-15", {}, 0}, false, "data.events.columns.time");
  ExpectRefused({SplitRule::kTime, "17.9.2011", "2011-10-15", {}, 0}, true, "validation_start");
  ExpectRefused({SplitRule::kTime, "2011-09-17", "", {}, 0}, true, "test_start");
  ExpectRefused({SplitRule::kTime, "2011-10-16", "2011-10-15", {}, 0}, true, "lies after");
  ExpectRefused({SplitRule::kFiles, "", "", {}, 0}, true, "at least one test file");
  ExpectRefused({SplitRule::kLeaveOneOut, "", "", {"t"}, 0}, true, "only the rule `files`");
}

TEST(SplitTest, DescribesTheRule) {
  EXPECT_THAT(DescribeSplit({SplitRule::kTime, "2011-09-17", "2011-10-15", {}, 0}, 1), HasSubstr("2011-10-15"));
  EXPECT_THAT(DescribeSplit({}, 1), HasSubstr("last event is test"));
  EXPECT_THAT(DescribeSplit({SplitRule::kFiles, "", "", {"t"}, 0.2}, 7), HasSubstr("share of 0.2"));
}

}  // namespace
}  // namespace shortlist::data
