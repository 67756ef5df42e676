#include "profile/profile.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> ItemsOf(const Profile& profile) {
  std::vector<std::string> items;
  for (const ItemEvent& event : profile.events) items.push_back(event.item);
  return items;
}

Profile FoldOf(const std::vector<Entry>& entries, const ProfileRules& rules) {
  Profile profile;
  std::uint64_t sequence = 0;
  for (const Entry& entry : entries) Apply(entry, ++sequence, rules, profile);
  return profile;
}

TEST(ProfileTest, LateEventsTakeTheirPlaceAndTheLatestStay) {
  const std::vector<Entry> entries{MadeEvent("1", "ann", "b", 20), MadeEvent("2", "ann", "d", 40),
                                   MadeEvent("3", "ann", "c", 20), MadeEvent("4", "ann", "a", 10)};
  EXPECT_THAT(ItemsOf(FoldOf(entries, {.max_events = 9})), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(ItemsOf(FoldOf(entries, {.max_events = 2})), ElementsAre("c", "d"));
}

// Any order of events whose times differ makes the same profile, but for their places in the log.
TEST(ProfileTest, DoesNotDependOnTheOrderOfArrival) {
  std::vector<Entry> entries;
  for (int i = 0; i < 50; ++i) {
    entries.push_back(MadeEvent(std::to_string(i), "ann", "item-" + std::to_string(i % 7), 1000 + 3 * i,
                                static_cast<EventKind>(i % 8)));
  }
  const ProfileRules rules{.max_events = 20};
  const Profile in_order = FoldOf(entries, rules);
  EXPECT_EQ(in_order.events.size(), 20);
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    std::ranges::shuffle(entries, random);
    const Profile shuffled = FoldOf(entries, rules);
    EXPECT_EQ(ItemsOf(shuffled), ItemsOf(in_order));
    EXPECT_EQ(shuffled.activity, in_order.activity);
  }
}

TEST(ProfileTest, CountsKindsAndSpansTheirTimes) {
  const Profile profile =
      FoldOf({MadeEvent("1", "ann", "a", 50, EventKind::kPurchase),
              MadeEvent("2", "ann", "a", 20, EventKind::kPurchase), MadeEvent("3", "ann", "", 30, EventKind::kSearch)},
             {.max_events = 1});
  EXPECT_EQ(profile.activity[static_cast<std::size_t>(EventKind::kPurchase)], (Activity{2, 20, 50}));
  EXPECT_EQ(profile.activity[static_cast<std::size_t>(EventKind::kSearch)], (Activity{1, 30, 30}));
  EXPECT_EQ(profile.events.size(), 1);
}

TEST(ProfileTest, WithoutConsentNothingIsTakenIn) {
  const ProfileRules rules{.consent = ConsentRule::kRequired};
  EXPECT_EQ(FoldOf({MadeEvent("1", "ann", "a", 10)}, rules), Profile());
  EXPECT_THAT(FoldOf({MadeConsent("ann", Bit(Purpose::kTraining), 5), MadeEvent("1", "ann", "a", 10)}, rules).events,
              IsEmpty());
}

TEST(ProfileTest, AWithdrawalForgetsAndTheLaterConsentHolds) {
  const ProfileRules rules{.consent = ConsentRule::kRequired};
  std::vector<Entry> entries{MadeConsent("ann", Bit(Purpose::kPersonalization), 5), MadeEvent("1", "ann", "a", 10)};
  EXPECT_THAT(ItemsOf(FoldOf(entries, rules)), ElementsAre("a"));
  entries.emplace_back(MadeConsent("ann", 0, 20));
  entries.emplace_back(MadeConsent("ann", Bit(Purpose::kPersonalization), 15));  // given before it was withdrawn
  const Profile profile = FoldOf(entries, rules);
  EXPECT_THAT(profile.events, IsEmpty());
  EXPECT_FALSE(Allows(rules, profile, Purpose::kPersonalization));
}

TEST(ProfileTest, ComesBackFromItsBytes) {
  Profile profile = FoldOf({MadeEvent("1", "ann", "a", -10), MadeEvent("2", "ann", "b", 20, EventKind::kDismiss)}, {});
  EXPECT_EQ(ProfileFrom(ToBytes(profile)), profile);
  profile.consent = Consent{5, "2", "gpc", 7};
  EXPECT_EQ(ProfileFrom(ToBytes(profile)), profile);
  profile.visitors = {"v", "w"};
  EXPECT_EQ(ProfileFrom(ToBytes(profile)), profile);
  EXPECT_THROW(ProfileFrom(ToBytes(profile).substr(0, 9)), Error);
}

TEST(ProfileTest, BytesOfBeforeThereWereVisitorsAreRead) {
  Profile profile = FoldOf({MadeEvent("1", "ann", "a", 10)}, {});
  const std::string bytes = ToBytes(profile);
  EXPECT_EQ(ProfileFrom(bytes.substr(0, bytes.size() - 2)), profile);
}

}  // namespace
}  // namespace shortlist::profile
