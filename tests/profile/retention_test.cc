#include "profile/retention.h"

#include <chrono>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/byte_scan.h"
#include "profile/forked.h"
#include "profile/live_profiles.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kNow = 1700000000;

TEST(RetentionTest, EveryKindHasItsOwnLimitOrThatOfTheOthers) {
  RetentionSettings settings;
  EXPECT_FALSE(Retention(settings).has_limits());
  settings.view = 90;
  settings.search = 7;
  const Retention retention(settings);
  EXPECT_TRUE(retention.has_limits());
  EXPECT_FALSE(retention.IsOver(EventKind::kView, kNow - 90 * kDay, kNow));
  EXPECT_TRUE(retention.IsOver(EventKind::kView, kNow - 90 * kDay - 1, kNow));
  EXPECT_TRUE(retention.IsOver(EventKind::kSearch, kNow - 8 * kDay, kNow));
  EXPECT_FALSE(retention.IsOver(EventKind::kPurchase, 0, kNow));
  settings.others = 1;
  EXPECT_TRUE(Retention(settings).IsOver(EventKind::kPurchase, kNow - 2 * kDay, kNow));
  EXPECT_FALSE(Retention(settings).IsOver(EventKind::kView, kNow - 2 * kDay, kNow));
}

// Of views and dwells that are older than 90 days.
std::size_t RemoveAfterNinetyDays(Profile& profile) {
  RetentionSettings settings;
  settings.view = 90;
  settings.dwell = 90;
  return Retention(settings).Remove(profile, kNow);
}

TEST(RetentionTest, TakesOldEventsAndTheirCountersOutOfAProfile) {
  Profile profile;
  Apply(MadeEvent("1", "ann", "a", kNow - 100 * kDay), 1, {}, profile);
  Apply(MadeEvent("2", "ann", "b", kNow - 100 * kDay, EventKind::kPurchase), 2, {}, profile);
  Apply(MadeEvent("3", "ann", "c", kNow - 100 * kDay, EventKind::kDwell), 3, {}, profile);
  Apply(MadeEvent("4", "ann", "d", kNow - 10 * kDay), 4, {}, profile);
  EXPECT_EQ(RemoveAfterNinetyDays(profile), 2);
  ASSERT_EQ(profile.events.size(), 2);
  EXPECT_EQ(profile.events[0].item, "b");
  EXPECT_EQ(profile.events[1].item, "d");
  EXPECT_EQ(profile.activity[static_cast<int>(EventKind::kDwell)], Activity());
  EXPECT_EQ(profile.activity[static_cast<int>(EventKind::kView)], (Activity{1, kNow - 10 * kDay, kNow - 10 * kDay}));
  EXPECT_EQ(profile.activity[static_cast<int>(EventKind::kPurchase)].events, 1);
  EXPECT_EQ(RemoveAfterNinetyDays(profile), 0);
}

TEST(RetentionTest, CountersTakeAnEvenShareOfForgottenEvents) {
  Profile profile;
  Activity& views = profile.activity[static_cast<int>(EventKind::kView)];
  views = {11, kNow - 180 * kDay, kNow - 80 * kDay};  // one in ten days
  profile.events = {{"a", EventKind::kView, kNow - 80 * kDay, 7}};
  EXPECT_EQ(RemoveAfterNinetyDays(profile), 0);
  EXPECT_EQ(views, (Activity{2, kNow - 90 * kDay, kNow - 80 * kDay}));
  EXPECT_EQ(RemoveAfterNinetyDays(profile), 0);
  EXPECT_EQ(views, (Activity{2, kNow - 90 * kDay, kNow - 80 * kDay}));
}

TEST(RetentionTest, CountersAreNeverBelowTheEventsThatAreKnown) {
  Profile profile;
  Activity& views = profile.activity[static_cast<int>(EventKind::kView)];
  views = {4, kNow - 1000 * kDay, kNow - 80 * kDay};
  for (std::uint64_t i = 0; i < 3; ++i) profile.events.push_back({"a", EventKind::kView, kNow - 80 * kDay, i});
  EXPECT_EQ(RemoveAfterNinetyDays(profile), 0);
  EXPECT_EQ(views, (Activity{3, kNow - 90 * kDay, kNow - 80 * kDay}));
}

LiveEventSettings SettingsIn(const std::filesystem::path& folder) {
  LiveEventSettings settings;
  settings.directory = folder;
  settings.rotate_seconds = 1;
  settings.max_events = 10;
  settings.horizon_hours = 24 * 365;
  settings.retention_days.view = 10;
  return settings;
}

// Views that are too old a day or two later, and purchases, which are kept. Tells `acknowledgments` of the purchases.
void RecordDays(LiveProfiles& profiles, const std::string& name, int acknowledgments) {
  for (int day = 0;; ++day) {
    const std::int64_t now = kNow + day * kDay;
    const std::string number = name + "." + std::to_string(day);
    const std::string shopper = "shopper-" + std::to_string(day % 5);
    const std::string kept = "kept-" + number;
    Event query = MadeEvent("q" + number, shopper, "", now - 9 * kDay);
    query.query = "an-old-view";
    profiles.Record({MadeEvent("v" + number, shopper, "an-old-view", now - 9 * kDay), query,
                     MadeEvent("p" + number, shopper, kept, now, EventKind::kPurchase)},
                    now);
    if (write(acknowledgments, (kept + "\n").c_str(), kept.size() + 1) < 0) std::abort();
    if (day % 3 == 0) profiles.Rotate(now);
    profiles.EnforceRetention(now);
  }
}

std::multiset<std::string> ItemsInLake(const std::filesystem::path& folder) {
  std::multiset<std::string> items;
  for (const auto& file : std::filesystem::directory_iterator(folder / "lake" / "events")) {
    for (const Event& event : ReadMadeFile(file.path())) items.insert(event.item);
  }
  return items;
}

void VerifyLongAfter(const std::filesystem::path& folder, const std::set<std::string>& kept) {
  {
    LiveProfiles profiles(SettingsIn(folder), MadeEventFiles());
    profiles.EnforceRetention(kNow + 1000 * kDay);
    for (int shopper = 0; shopper < 5; ++shopper) {
      const auto profile = profiles.Find("shopper-" + std::to_string(shopper));
      if (!profile) continue;
      EXPECT_EQ(profile->activity[static_cast<int>(EventKind::kView)], Activity());
      for (const ItemEvent& event : profile->events) EXPECT_EQ(event.kind, EventKind::kPurchase);
    }
  }
  EXPECT_THAT(FilesWith("an-old-view", folder), IsEmpty());
  const std::multiset<std::string> items = ItemsInLake(folder);
  for (const std::string& item : kept) EXPECT_EQ(items.count(item), 1) << item;
}

TEST(RetentionCrashTest, KillsLoseNothingThatIsKeptAndLeaveNothingThatIsNot) {
  const ScratchDirectory scratch;
  const std::filesystem::path folder = scratch / "events";
  std::mt19937 random(20240229);
  std::set<std::string> kept;
  for (int round = 0; round < 12 && !HasFailure(); ++round) {
    const auto record = [&](int acknowledgments) {
      LiveProfiles profiles(SettingsIn(folder), MadeEventFiles());
      RecordDays(profiles, std::to_string(round), acknowledgments);
    };
    const auto life = std::chrono::microseconds(random() % 150000);
    for (std::string& item : LinesUntilKilled(record, LifeBegins::kAtFirstLine, life)) kept.insert(std::move(item));
    EXPECT_THAT(FilesWith("an-old-view", folder), Not(IsEmpty()));
    ASSERT_EQ(StatusOfFork([&] { VerifyLongAfter(folder, kept); }), 0) << "after kill " << round;
  }
  EXPECT_GE(kept.size(), 12);
}

}  // namespace
}  // namespace shortlist::profile
