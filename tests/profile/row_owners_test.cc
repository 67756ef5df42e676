#include "profile/row_owners.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<LoggedEntry> Logged(const std::vector<Entry>& entries) {
  std::vector<LoggedEntry> logged;
  for (const Entry& entry : entries) logged.push_back({logged.size() + 1, 1, entry});
  return logged;
}

std::vector<Entry> Given(const std::vector<Entry>& entries) {
  std::vector<LoggedEntry> logged = Logged(entries);
  GiveToOwners(logged);
  std::vector<Entry> given;
  for (const LoggedEntry& one : logged) given.push_back(one.entry);
  return given;
}

Identification Found(const std::string& visitor, const std::string& user) {
  return {user, visitor, std::nullopt};
}

TEST(RowOwnersTest, WhatAVisitorDidBeforeIsTheShoppers) {
  EXPECT_THAT(Given({MadeEvent("1", "v", "a", 1), MadeEvent("2", "ann", "b", 1), Found("v", "ann")}),
              ElementsAre(Entry(MadeEvent("1", "ann", "a", 1)), Entry(MadeEvent("2", "ann", "b", 1))));
  EXPECT_THAT(OwnersOfOlderRows(Logged({Found("v", "ann"), Found("ann", "ann-2")})),
              ElementsAre(RowOwners{{"ann", "ann-2"}, {"v", "ann-2"}}));
}

TEST(RowOwnersTest, AnErasureTakesBackWhatCameBefore) {
  const Event after = MadeEvent("2", "v", "b", 1);
  const std::vector<Entry> entries{MadeEvent("1", "v", "a", 1), Found("v", "ann"), Erasure{"ann"}, after};
  EXPECT_THAT(Given(entries), ElementsAre(Entry(after)));
  EXPECT_THAT(OwnersOfOlderRows(Logged(entries)), ElementsAre(RowOwners{{"ann", std::nullopt}, {"v", std::nullopt}}));
  EXPECT_THAT(OwnersOfOlderRows(Logged({after})), IsEmpty());
}

// What told of the visitor before may not be readable any more.
TEST(RowOwnersTest, AnErasureTakesBackWhatItsVisitorsDid) {
  const Event after = MadeEvent("2", "v", "b", 1);
  const std::vector<Entry> entries{MadeEvent("1", "v", "a", 1), Erasure{"ann", {"v"}}, after};
  EXPECT_THAT(Given(entries), ElementsAre(Entry(after)));
  EXPECT_THAT(OwnersOfOlderRows(Logged(entries)), ElementsAre(RowOwners{{"ann", std::nullopt}, {"v", std::nullopt}}));
}

TEST(RowOwnersTest, AConsentOfAVisitorGoesWhereItWasTaken) {
  const ConsentChange agreed = MadeConsent("v", 3, 5);
  EXPECT_THAT(Given({agreed, Found("v", "ann")}), IsEmpty());
  EXPECT_THAT(Given({agreed, Identification{"ann", "v", agreed.consent}}),
              ElementsAre(Entry(ConsentChange{"ann", agreed.consent})));
}

// Older rows and rows of the segment are given away alike, and a stage that is done twice does what it did.
TEST(RowOwnersTest, StagesDoWhatAWalkThroughTheSegmentDoes) {
  std::mt19937 random(7);
  const auto name = [&] { return std::string(1, static_cast<char>('a' + random() % 5)); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<Entry> entries;
    for (const char* shopper : {"a", "b", "c", "d", "e"}) entries.emplace_back(MadeEvent(shopper, shopper, "mug", 1));
    const std::size_t rows = entries.size();
    for (int left = 6; left > 0; --left) {
      std::string user = name();
      const std::string visitor = name();
      if (random() % 3 == 0 || user == visitor) {
        entries.emplace_back(Erasure{std::move(user)});
      } else {
        entries.emplace_back(Found(visitor, user));
      }
    }
    std::vector<Entry> older(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(rows));
    for (const RowOwners& owners : OwnersOfOlderRows(Logged(entries))) {
      for (int times = 0; times < 2; ++times) {
        std::erase_if(older, [&](Entry& entry) {
          Event& event = std::get<Event>(entry);
          const auto given = owners.find(event.user);
          if (given == owners.end()) return false;
          event.user = given->second.value_or("");
          return !given->second.has_value();
        });
      }
    }
    ASSERT_EQ(older, Given(entries)) << "round " << round;
  }
}

}  // namespace
}  // namespace shortlist::profile
