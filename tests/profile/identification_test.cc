// Visitors who turn out to be known shoppers: what either did is the shopper's, at once and on disk, whatever kills.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/byte_scan.h"
#include "profile/forked.h"
#include "profile/live_profiles.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1700000000;
constexpr std::uint64_t kPersonal = 1;  // personalization alone
constexpr std::uint64_t kAll = 15;

std::vector<std::string> ItemsOf(const LiveProfiles& profiles, const std::string& shopper) {
  std::vector<std::string> items;
  for (const ItemEvent& event : profiles.Find(shopper).value_or(Profile()).events) items.push_back(event.item);
  return items;
}

class IdentificationTest : public ::testing::Test {
 protected:
  IdentificationTest() {
    settings_.directory = scratch_ / "events";
    settings_.rotate_seconds = 1;
    settings_.erasure_days = 3650;
  }
  void Open() { profiles_.emplace(settings_, MadeEventFiles()); }
  std::vector<Recorded> Record(const std::vector<Entry>& entries) {
    if (!profiles_) Open();
    return profiles_->Record(entries, kNow);
  }
  Recorded Identify(const std::string& visitor, const std::string& user) {
    return Record({Identification{user, visitor, std::nullopt}}).front();
  }
  std::vector<std::string> ItemsOf(const std::string& shopper) const { return profile::ItemsOf(*profiles_, shopper); }
  void Rotate() {
    clock_ += 10;
    profiles_->Rotate(clock_);
    clock_ += 10;
    profiles_->Rotate(clock_);
  }
  std::vector<std::string> LakeItemsOf(const std::string& shopper) {
    std::vector<std::string> items;
    for (const Event& event : profiles_->Export(shopper).entries.events) items.push_back(event.item);
    return items;
  }

  ScratchDirectory scratch_;
  LiveEventSettings settings_;
  std::optional<LiveProfiles> profiles_;
  std::int64_t clock_ = kNow;
};

TEST_F(IdentificationTest, WhatEitherDidAndWhatTheVisitorDoesLaterIsTheShoppers) {
  Record({MadeEvent("1", "v", "a", kNow - 9, EventKind::kPurchase), MadeEvent("2", "ann", "b", kNow - 8),
          MadeEvent("3", "v", "c", kNow - 7)});
  EXPECT_EQ(Identify("v", "ann"), Recorded::kDone);
  EXPECT_EQ(Identify("v", "ann"), Recorded::kDuplicate);
  Record({MadeEvent("4", "v", "d", kNow - 6)});
  for (int openings = 0; openings < 2; ++openings, Open()) {
    for (const char* id : {"v", "ann"}) EXPECT_THAT(ItemsOf(id), ElementsAre("a", "b", "c", "d"));
    const Profile ann = *profiles_->Find("ann");
    EXPECT_EQ(ann.activity[static_cast<int>(EventKind::kView)], (Activity{3, kNow - 8, kNow - 6}));
    EXPECT_EQ(ann.activity[static_cast<int>(EventKind::kPurchase)], (Activity{1, kNow - 9, kNow - 9}));
    EXPECT_EQ(profiles_->KnownAs("v"), profiles_->NameOf("ann"));
    EXPECT_FALSE(profiles_->KnownAs("ann"));
  }
}

TEST_F(IdentificationTest, TheLatestEventsOfBothStay) {
  settings_.max_events = 2;
  Record(
      {MadeEvent("1", "v", "a", kNow - 9), MadeEvent("2", "ann", "b", kNow - 8), MadeEvent("3", "v", "c", kNow - 7)});
  Identify("v", "ann");
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("b", "c"));
}

TEST_F(IdentificationTest, AVisitorIsOneShopperAndAShopperManyVisitors) {
  EXPECT_EQ(Identify("v", "ann"), Recorded::kDone);
  EXPECT_EQ(Identify("w", "v"), Recorded::kDone);  // by the other id of ann
  EXPECT_EQ(Identify("v", "bob"), Recorded::kTaken);
  EXPECT_EQ(Identify("ann", "ann"), Recorded::kDuplicate);
  EXPECT_EQ(Identify("ann", "v"), Recorded::kDuplicate);
  EXPECT_EQ(Identify("ann", "anna"), Recorded::kDone);  // two accounts of one
  Record({MadeEvent("1", "w", "a", kNow)});
  for (const char* id : {"v", "w", "ann", "anna"}) EXPECT_THAT(ItemsOf(id), ElementsAre("a"));
  EXPECT_EQ(profiles_->Find("anna")->visitors.size(), 3);
}

TEST_F(IdentificationTest, TheLakeHasOneShopperAfterRotation) {
  Record({MadeEvent("1", "v", "a", kNow), MadeEvent("2", "ann", "b", kNow)});
  Rotate();
  Record({MadeEvent("3", "v", "c", kNow)});
  Identify("v", "ann");
  Record({MadeEvent("4", "v", "d", kNow)});
  EXPECT_THAT(LakeItemsOf("v"), ElementsAre("a", "b", "c", "d"));  // which rotates
  EXPECT_THAT(FilesWith(profiles_->NameOf("v"), scratch_ / "events/lake"), IsEmpty());
  EXPECT_THAT(profiles_->Export("ann").profile->visitors, ElementsAre(profiles_->NameOf("v")));
}

TEST_F(IdentificationTest, AnErasureOfTheShopperIsOneOfTheVisitor) {
  Record({MadeEvent("1", "v", "a", kNow), MadeEvent("2", "ann", "b", kNow)});
  Rotate();
  Record({MadeEvent("3", "v", "c", kNow)});
  Identify("v", "ann");
  const std::vector<std::string> names{profiles_->NameOf("v"), profiles_->NameOf("ann")};
  profiles_->Erase("v", kNow);  // either id will do
  Record({MadeEvent("4", "v", "d", kNow)});
  EXPECT_THAT(ItemsOf("v"), ElementsAre("d"));  // a new shopper
  EXPECT_THAT(ItemsOf("ann"), IsEmpty());
  for (const char* id : {"v", "ann"}) EXPECT_TRUE(profiles_->WasErased(id));
  EXPECT_THAT(LakeItemsOf("v"), ElementsAre("d"));
  EXPECT_THAT(LakeItemsOf("ann"), IsEmpty());
  EXPECT_THAT(FilesWith(names[1].substr(names[1].size() - 24), scratch_ / "events"), IsEmpty());
}

TEST_F(IdentificationTest, WhoComesBackAfterAnErasureMayBeIdentifiedInTheSameSegment) {
  Record({MadeEvent("1", "ann", "a", kNow), MadeEvent("2", "v", "b", kNow)});
  Rotate();
  profiles_->Erase("ann", kNow);
  Identify("v", "ann");
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("b"));
  EXPECT_THAT(LakeItemsOf("ann"), ElementsAre("b"));
}

class IdentificationConsentTest : public IdentificationTest {
 protected:
  IdentificationConsentTest() { settings_.consent = ConsentRule::kRequired; }
  std::vector<std::string> ConsentsInLake(const std::string& shopper) {
    std::vector<std::string> versions;
    for (const ConsentChange& change : profiles_->Export(shopper).entries.consents) {
      versions.push_back(std::to_string(change.consent.purposes));
    }
    return versions;
  }
};

TEST_F(IdentificationConsentTest, TheShoppersConsentHolds) {
  Record({MadeConsent("ann", kPersonal, kNow - 9), MadeConsent("v", kAll, kNow - 5), MadeEvent("1", "v", "a", kNow)});
  Identify("v", "ann");
  EXPECT_EQ(profiles_->Find("v")->consent->purposes, kPersonal);
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("a"));
  EXPECT_THAT(LakeItemsOf("ann"), IsEmpty());  // ann did not agree to training
  EXPECT_THAT(ConsentsInLake("ann"), ElementsAre("1"));
}

TEST_F(IdentificationConsentTest, RowsInTheLakeGoIfTheShopperDidNotAgree) {
  Record({MadeConsent("ann", kPersonal, kNow - 9), MadeConsent("v", kAll, kNow - 5), MadeEvent("1", "v", "a", kNow)});
  EXPECT_THAT(LakeItemsOf("v"), ElementsAre("a"));
  Identify("v", "ann");
  EXPECT_THAT(LakeItemsOf("v"), IsEmpty());
}

TEST_F(IdentificationConsentTest, AShopperWhoWasNeverAskedHasTheVisitorsConsent) {
  Record({MadeConsent("v", kAll, kNow - 5), MadeEvent("1", "v", "a", kNow)});
  Identify("v", "ann");
  EXPECT_EQ(profiles_->Find("ann")->consent->purposes, kAll);
  EXPECT_THAT(LakeItemsOf("ann"), ElementsAre("a"));
  EXPECT_THAT(ConsentsInLake("ann"), ElementsAre("15"));
}

TEST_F(IdentificationConsentTest, WhatTheVisitorDeniedIsNotTakenOver) {
  Record({MadeConsent("ann", kAll, kNow - 9), MadeConsent("v", kPersonal, kNow - 9), MadeEvent("1", "v", "a", kNow),
          MadeConsent("w", Bit(Purpose::kTraining), kNow - 9), MadeEvent("2", "w", "b", kNow)});
  Identify("v", "ann");
  Identify("w", "ann");
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("a"));      // w did not agree to personalization
  EXPECT_THAT(LakeItemsOf("ann"), ElementsAre("b"));  // v not to training
}

TEST_F(IdentificationConsentTest, WhatTheShopperDeniedIsNotTakenOver) {
  Record({MadeConsent("ann", 0, kNow - 9), MadeConsent("v", kAll, kNow - 5), MadeEvent("1", "v", "a", kNow)});
  Identify("v", "ann");
  EXPECT_THAT(ItemsOf("v"), IsEmpty());
  EXPECT_THAT(Record({MadeEvent("2", "v", "b", kNow)}), ElementsAre(Recorded::kDenied));
  Record({MadeConsent("v", kAll, kNow)});  // later, and then it is ann's
  EXPECT_THAT(ItemsOf("ann"), IsEmpty());
  EXPECT_EQ(profiles_->Find("ann")->consent->purposes, kAll);
}

// Shoppers with two visitors each, one after the other; every third is erased, and comes back with a visitor.
void IdentifyUntilKilled(const LiveEventSettings& settings, const std::string& name, int acknowledgments) {
  LiveProfiles profiles(settings, MadeEventFiles());
  std::jthread rotation([&](const std::stop_token& stop) {
    for (std::int64_t time = kNow; !stop.stop_requested(); time += 10) profiles.Rotate(time);
  });
  for (int number = 0;; ++number) {
    const std::string user = name + "-" + std::to_string(number);
    const auto record = [&](const std::string& id) { profiles.Record({MadeEvent(id, id, id, kNow)}, kNow); };
    const auto identify = [&](const std::string& visitor) {
      if (profiles.Record({Identification{user, visitor, std::nullopt}}, kNow).front() != Recorded::kDone) std::abort();
    };
    for (const char* id : {"", ".v", ".w"}) record(user + id);
    identify(user + ".v");
    if (number % 3 == 0) profiles.Erase(user, kNow);
    identify(user + ".w");
    const std::string line = user + "\n";
    if (write(acknowledgments, line.data(), line.size()) < 0) std::abort();
  }
}

void ExpectIdentified(const LiveEventSettings& settings, const std::vector<std::string>& users) {
  LiveProfiles profiles(settings, MadeEventFiles());
  profiles.Rotate(kNow);
  profiles.Rotate(kNow + 10);
  for (const std::string& user : users) {
    const bool was_erased = std::stoi(user.substr(user.find('-') + 1)) % 3 == 0;
    const std::vector<std::string> items =
        was_erased ? std::vector{user + ".w"} : std::vector{user, user + ".v", user + ".w"};
    EXPECT_EQ(ItemsOf(profiles, user), items);
    EXPECT_EQ(ItemsOf(profiles, user + ".w"), items);
    std::vector<std::string> rows;
    for (const Event& event : profiles.Export(user).entries.events) rows.push_back(event.item);
    EXPECT_THAT(rows, ::testing::UnorderedElementsAreArray(items));
    EXPECT_THAT(FilesWith(profiles.NameOf(user + ".w"), settings.directory + "/lake"), IsEmpty());
  }
}

void SurviveKills(int kills) {
  const ScratchDirectory scratch;
  LiveEventSettings settings;
  settings.directory = scratch / "events";
  settings.rotate_seconds = 1;
  settings.erasure_days = 3650;
  std::mt19937 random(20240302);
  std::size_t identified = 0;
  for (int round = 0; round < kills && !::testing::Test::HasFailure(); ++round) {
    const std::chrono::microseconds life(20000 + random() % 100000);
    const std::vector<std::string> users =
        LinesUntilKilled([&](int lines) { IdentifyUntilKilled(settings, "r" + std::to_string(round), lines); },
                         LifeBegins::kAtFirstLine, life);
    identified += users.size();
    const std::size_t looked_for = std::min<std::size_t>(users.size(), 9);
    const std::vector<std::string> last(users.end() - static_cast<std::ptrdiff_t>(looked_for), users.end());
    ASSERT_EQ(StatusOfFork([&] { ExpectIdentified(settings, last); }), 0) << "after kill " << round;
  }
  EXPECT_GE(identified, static_cast<std::size_t>(kills));
}

TEST(IdentificationCrashTest, SurvivesFiveKills) {
  SurviveKills(5);
}

TEST(IdentificationCrashSlowTest, SurvivesAHundredKills) {
  SurviveKills(100);
}

}  // namespace
}  // namespace shortlist::profile
