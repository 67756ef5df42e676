#include "profile/tcf_string.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/event.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Consents to purposes 1, 3, 9 and 10, and legitimate interests for others, as the parser GDPR::IAB::TCFv2 of CPAN
// documents it.
constexpr std::string_view kPublished =
    "CLcVDxRMWfGmWAVAHCENAXCkAKDAADnAABRgA5mdfCKZuYJez-NQm0TBMYA4oCAAGQYIAAAAAAEAIAEgAA.argAC0gAAAAAAAAAAAA";
// With three vendors as bits, others as ranges and a restriction of a publisher.
constexpr std::string_view kAll = "CN-EdYAN-EdYAAfABBDEDIEgAP_gAAAAAAYgABuABMAIAAUABQAJABCQAQADgAAA";
constexpr std::string_view kNone = "CN-EdYAN-EdYAAfABBDEDIEgAAAAAAAAAAYgABuABMAIAAUABQAJABCQAQADgAAA";

std::vector<int> PurposesIn(std::string_view text) {
  const TcfChoices choices = TcfChoicesFrom(text);
  std::vector<int> purposes;
  for (int purpose = 1; purpose <= 24; ++purpose) {
    if (choices.Agrees(purpose)) purposes.push_back(purpose);
  }
  return purposes;
}

std::string ProblemOf(std::string_view text) {
  try {
    TcfChoicesFrom(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "";
}

TEST(TcfStringTest, ReadsConsentsAndNoLegitimateInterests) {
  EXPECT_THAT(PurposesIn(kPublished), ElementsAre(1, 3, 9, 10));
  EXPECT_THAT(PurposesIn(kAll), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  EXPECT_THAT(PurposesIn(kNone), ElementsAre());
}

TEST(TcfStringTest, EveryPurposeNeedsAllThatItStandsFor) {
  const auto mask = [](const std::vector<int>& agreed) {
    TcfChoices choices;
    for (const int purpose : agreed) choices.consents |= std::uint32_t{1} << (purpose - 1);
    return PurposesFrom(choices);
  };
  const auto bit = [](Purpose purpose) { return std::uint64_t{1} << static_cast<int>(purpose); };
  EXPECT_EQ(mask({5, 6}), bit(Purpose::kPersonalization));
  EXPECT_EQ(mask({5}) | mask({6}) | mask({9}) | mask({1, 2, 3, 4, 7, 11}), 0);
  EXPECT_EQ(mask({10}), bit(Purpose::kTraining));
  EXPECT_EQ(mask({8}), bit(Purpose::kAnalytics));
  EXPECT_EQ(mask({5, 9}), bit(Purpose::kGroupProfiling));
  EXPECT_EQ(PurposesFrom(TcfChoicesFrom(kAll)), 15);
}

TEST(TcfStringTest, GlobalPrivacyControlLeavesAnalyticsAlone) {
  EXPECT_EQ(PurposesUnderGpc(15), std::uint64_t{1} << static_cast<int>(Purpose::kAnalytics));
  EXPECT_EQ(PurposesUnderGpc(3), 0);
}

TEST(TcfStringTest, EveryBeginningIsRefused) {
  const std::string core(kAll.substr(0, kAll.size() - 3));  // without what is padding alone
  for (std::size_t length = 0; length < core.size(); ++length) {
    EXPECT_NE(ProblemOf(core.substr(0, length)), "") << length;
  }
  EXPECT_EQ(ProblemOf(core + "AAAAAA"), "");
}

TEST(TcfStringTest, SaysWhatIsWrongWithIt) {
  EXPECT_THAT(ProblemOf(""), HasSubstr("is empty"));
  EXPECT_THAT(ProblemOf("CN+EdYA"), HasSubstr("byte at 2"));
  EXPECT_THAT(ProblemOf(std::string(kAll) + "=="), HasSubstr("alphabet"));
  EXPECT_THAT(ProblemOf(std::string(kAll) + ".a\n"), HasSubstr("alphabet"));
  EXPECT_THAT(ProblemOf("B" + std::string(kAll.substr(1))), HasSubstr("of version 1"));
  EXPECT_THAT(ProblemOf(std::string(kAll) + "B"), HasSubstr("after its end"));
  EXPECT_THAT(ProblemOf(std::string(70000, 'C')), HasSubstr("more than"));
  std::string language(kAll);
  language[18] = '_';
  EXPECT_THAT(ProblemOf(language), HasSubstr("language"));
}

}  // namespace
}  // namespace shortlist::profile
