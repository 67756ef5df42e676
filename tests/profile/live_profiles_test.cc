#include "profile/live_profiles.h"

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/erasure_receipt.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1700000000;
constexpr std::int64_t kHour = 3600;

class LiveProfilesTest : public ::testing::Test {
 protected:
  LiveProfilesTest() {
    settings_.directory = scratch_ / "events";
    settings_.horizon_hours = 24;
  }

  void Open() { profiles_.emplace(settings_, MadeEventFiles()); }
  std::vector<Recorded> Record(const std::vector<Entry>& entries, std::int64_t now = kNow) {
    if (!profiles_) Open();
    return profiles_->Record(entries, now);
  }
  std::vector<std::string> ItemsOf(const std::string& shopper) const {
    std::vector<std::string> items;
    for (const ItemEvent& event : profiles_->Find(shopper).value_or(Profile()).events) items.push_back(event.item);
    return items;
  }
  std::filesystem::path In(const std::string& name) const { return std::filesystem::path(settings_.directory) / name; }

  ScratchDirectory scratch_;
  LiveEventSettings settings_;
  std::optional<LiveProfiles> profiles_;
};

TEST_F(LiveProfilesTest, KnowsAtOnceWhatItRecorded) {
  EXPECT_THAT(Record({MadeEvent("1", "ann", "mug", kNow - 5), MadeEvent("2", "bob", "cup", 0)}),
              ElementsAre(Recorded::kDone, Recorded::kDone));
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("mug"));
  EXPECT_EQ(profiles_->Find("bob")->events[0].time, kNow);  // an event without a time happened when it came
  EXPECT_FALSE(profiles_->Find("cid"));
}

TEST_F(LiveProfilesTest, CountsAnEventOnceOverBatchesAndStarts) {
  EXPECT_THAT(Record({MadeEvent("1", "ann", "mug", kNow), MadeEvent("1", "ann", "mug", kNow)}),
              ElementsAre(Recorded::kDone, Recorded::kDuplicate));
  EXPECT_THAT(Record({MadeEvent("1", "ann", "mug", kNow)}), ElementsAre(Recorded::kDuplicate));
  Open();
  EXPECT_THAT(Record({MadeEvent("1", "ann", "mug", kNow)}), ElementsAre(Recorded::kDuplicate));
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("mug"));
}

// Whenever an event is sent again: within the horizon its id is known, and later it is too old.
TEST_F(LiveProfilesTest, AnEventThatIsSentAgainNeverCountsTwice) {
  const Event event = MadeEvent("1", "ann", "mug", kNow);
  Record({event});
  for (const std::int64_t hours : {1, 23, 24, 25, 1000}) {
    EXPECT_THAT(Record({event}, kNow + hours * kHour), ElementsAre(Recorded::kDuplicate)) << hours;
  }
  EXPECT_THAT(Record({MadeEvent("2", "ann", "mug", kNow)}, kNow + 25 * kHour), ElementsAre(Recorded::kTooOld));
}

TEST_F(LiveProfilesTest, TimesOutOfReachAreRefusedAndClocksThatDifferArePutRight) {
  EXPECT_THAT(Record({MadeEvent("1", "ann", "a", kNow - 24 * kHour - 1), MadeEvent("2", "ann", "b", kNow + 301),
                      MadeEvent("3", "ann", "c", kNow + 300), MadeEvent("4", "ann", "d", kNow - 24 * kHour)}),
              ElementsAre(Recorded::kTooOld, Recorded::kInFuture, Recorded::kDone, Recorded::kDone));
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("d", "c"));
  EXPECT_EQ(profiles_->Find("ann")->events[1].time, kNow);
}

TEST_F(LiveProfilesTest, ProfilesThatAreLostAreMadeAgainFromTheLog) {
  Record({MadeEvent("1", "ann", "a", kNow), MadeEvent("2", "bob", "b", kNow)});
  Record({MadeEvent("3", "ann", "c", kNow - 1)});
  const auto ann = profiles_->Find("ann");
  profiles_.reset();
  std::filesystem::remove_all(In("profiles"));
  Open();
  EXPECT_EQ(profiles_->Find("ann"), ann);
  EXPECT_THAT(Record({MadeEvent("2", "bob", "b", kNow)}), ElementsAre(Recorded::kDuplicate));
}

TEST_F(LiveProfilesTest, ALogThatLostItsEndIsNotGoneOnWith) {
  Record({MadeEvent("1", "ann", "a", kNow)});
  profiles_.reset();
  std::filesystem::resize_file(In("log/00000000000000000001.events"), 30);
  EXPECT_THROW(Open(), Error);
}

TEST_F(LiveProfilesTest, OldSegmentsBecomeFilesOfTheLake) {
  settings_.rotate_seconds = 100;
  Record({MadeEvent("1", "ann", "a", kNow), MadeEvent("2", "bob", "b", kNow)});
  profiles_->Rotate(kNow + 99);
  EXPECT_TRUE(std::filesystem::is_empty(In("lake/events")));
  profiles_->Rotate(kNow + 100);
  EXPECT_TRUE(std::filesystem::exists(In("lake/events/00000000000000000001.parquet")));
  EXPECT_FALSE(std::filesystem::exists(In("log/00000000000000000001.events")));
  Record({MadeEvent("3", "ann", "c", kNow)}, kNow + 150);
  profiles_->Rotate(kNow + 249);
  EXPECT_FALSE(std::filesystem::exists(In("lake/events/00000000000000000003.parquet")));
  Open();
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("a", "c"));
}

TEST_F(LiveProfilesTest, AFailureOfTheLakeLosesNothing) {
  settings_.rotate_seconds = 1;
  bool fails = true;
  profiles_.emplace(settings_, MadeEventFiles([&](const auto& path, auto events) {
                      if (fails) throw Error(Code::kUnavailable, "no space left");
                      WriteMadeFile(path, events);
                    }));
  Record({MadeEvent("1", "ann", "a", kNow)});
  EXPECT_THROW(profiles_->Rotate(kNow + 9), Error);
  Record({MadeEvent("2", "ann", "b", kNow)});
  fails = false;
  profiles_->Rotate(kNow + 20);
  EXPECT_TRUE(std::filesystem::exists(In("lake/events/00000000000000000001.parquet")));
}

TEST_F(LiveProfilesTest, WhereConsentIsRequiredMissingIsDenied) {
  settings_.consent = ConsentRule::kRequired;
  EXPECT_THAT(Record({MadeEvent("1", "ann", "a", kNow), MadeConsent("ann", Bit(Purpose::kPersonalization), 0),
                      MadeEvent("1", "ann", "a", kNow)}),
              ElementsAre(Recorded::kDenied, Recorded::kDone, Recorded::kDone));
  EXPECT_TRUE(profiles_->Allows(profiles_->Find("ann"), Purpose::kPersonalization));
  EXPECT_FALSE(profiles_->Allows(profiles_->Find("bob"), Purpose::kPersonalization));
  EXPECT_THAT(Record({MadeConsent("ann", 0, kNow + 1)}, kNow + 1), ElementsAre(Recorded::kDone));
  EXPECT_THAT(ItemsOf("ann"), IsEmpty());
  EXPECT_THAT(Record({MadeEvent("2", "ann", "a", kNow)}, kNow + 1), ElementsAre(Recorded::kDenied));
}

// Readers of the lake take the last one of a shopper.
TEST_F(LiveProfilesTest, AConsentThatIsOutdatedWhenItComesReachesNobody) {
  settings_.rotate_seconds = 1;
  EXPECT_THAT(Record({MadeConsent("ann", 0, 10), MadeConsent("ann", 15, 9), MadeConsent("ann", 1, 10)}),
              ElementsAre(Recorded::kDone, Recorded::kOutdated, Recorded::kDone));
  EXPECT_EQ(profiles_->Find("ann")->consent->purposes, 1);
  EXPECT_EQ(profiles_->Export("ann").entries.consents.size(), 2);
}

TEST_F(LiveProfilesTest, TheLakeHasOnlyEventsThatMayTrain) {
  settings_.consent = ConsentRule::kRequired;
  settings_.rotate_seconds = 1;
  std::vector<std::string> users;
  profiles_.emplace(settings_, MadeEventFiles([&](const auto& path, std::span<const Event> events) {
                      for (const Event& event : events) users.push_back(event.user);
                      WriteMadeFile(path, events);
                    }));
  Record({MadeConsent("ann", Bit(Purpose::kTraining), 1), MadeConsent("bob", Bit(Purpose::kPersonalization), 1),
          MadeConsent("cid", Bit(Purpose::kTraining), 1), MadeEvent("1", "ann", "a", kNow),
          MadeEvent("2", "bob", "a", kNow), MadeEvent("3", "cid", "a", kNow), MadeConsent("cid", 0, 2)});
  Record({MadeConsent("bob", Bit(Purpose::kTraining), 2)});  // too late for what was recorded before
  profiles_->Rotate(kNow + 9);
  EXPECT_THAT(users, ElementsAre(profiles_->NameOf("ann")));
  EXPECT_TRUE(std::filesystem::exists(In("lake/consents/00000000000000000001.jsonl")));
}

TEST_F(LiveProfilesTest, AnErasedShopperIsAStrangerAtOnce) {
  Record({MadeEvent("1", "ann", "a", kNow), MadeEvent("2", "bob", "b", kNow), MadeConsent("ann", 1, kNow)});
  const ErasureReceipt receipt =
      VerifiedReceipt(profiles_->Erase("ann", kNow), base::ReadFile(In("receipts.pem")), "ann");
  EXPECT_EQ(receipt.events, 1);
  EXPECT_TRUE(receipt.had_consent);
  EXPECT_EQ(receipt.models_by, kNow + 30 * 24 * kHour);
  for (int openings = 0; openings < 2; ++openings, Open()) {
    EXPECT_FALSE(profiles_->Find("ann"));
    EXPECT_TRUE(profiles_->WasErased("ann"));
    EXPECT_FALSE(profiles_->WasErased("bob"));
    EXPECT_THAT(ItemsOf("bob"), ElementsAre("b"));
  }
  EXPECT_THAT(Record({MadeEvent("1", "ann", "a", kNow)}), ElementsAre(Recorded::kDuplicate));  // sent again
}

TEST_F(LiveProfilesTest, WhoComesBackAfterAnErasureKeepsWhatFollows) {
  settings_.rotate_seconds = 1;
  Record({MadeEvent("1", "ann", "a", kNow)});
  profiles_->Erase("ann", kNow);
  Record({MadeEvent("2", "ann", "b", kNow)});
  profiles_->Rotate(kNow + 9);
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("b"));
  EXPECT_THAT(profiles_->Export("ann").entries.events, ElementsAre(::testing::Field(&Event::item, "b")));
}

TEST_F(LiveProfilesTest, ExportHasWhatTheLogTheLakeAndTheProfileHold) {
  settings_.rotate_seconds = 1;
  Record({MadeEvent("1", "ann", "a", kNow), MadeConsent("ann", 1, kNow)});
  profiles_->Rotate(kNow + 9);
  Record({MadeEvent("2", "ann", "b", kNow + 9), MadeEvent("3", "bob", "c", kNow)}, kNow + 9);
  const ShopperData data = profiles_->Export("ann");
  EXPECT_EQ(data.name, profiles_->NameOf("ann"));
  EXPECT_EQ(data.profile, profiles_->Find("ann"));
  EXPECT_THAT(data.entries.events,
              ElementsAre(::testing::Field(&Event::item, "a"), ::testing::Field(&Event::item, "b")));
  EXPECT_EQ(data.entries.consents.size(), 1);
  EXPECT_FALSE(profiles_->Export("cid").profile);
}

TEST_F(LiveProfilesTest, AFolderBelongsToTheKeyThatItWasWrittenWith) {
  Record({MadeEvent("1", "ann", "a", kNow)});
  profiles_.reset();
  const std::filesystem::path key = settings_.directory + ".key";
  const std::string kept = base::ReadFile(key);
  std::filesystem::remove(key);
  EXPECT_THROW(Open(), Error);  // rather than with a new one
  EXPECT_FALSE(std::filesystem::exists(key));
  base::WriteFileAtomically(key, "a key of somebody else");
  EXPECT_THROW(Open(), Error);
  base::WriteFileAtomically(scratch_ / "elsewhere", kept);
  settings_.key_file = scratch_ / "elsewhere";
  Open();
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("a"));
}

TEST_F(LiveProfilesTest, TheKeyIsNoPartOfTheData) {
  settings_.key_file = In("log/../key");
  EXPECT_THROW(Open(), Error);
  EXPECT_FALSE(std::filesystem::exists(In("key")));
}

TEST_F(LiveProfilesTest, CallersAtOnceEachGetTheirOutcomes) {
  Open();
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([this, caller] {
      const std::string shopper = "shopper-" + std::to_string(caller);
      for (int i = 0; i < 20; ++i) {
        const Event event = MadeEvent(shopper + "." + std::to_string(i), shopper, std::to_string(i), kNow);
        EXPECT_THAT(Record({event, MadeEvent("shared-" + std::to_string(i), "all", "x", kNow), event}),
                    ElementsAre(Recorded::kDone, ::testing::_, Recorded::kDuplicate));
        EXPECT_EQ(ItemsOf(shopper).back(), std::to_string(i));
      }
    });
  }
  callers.clear();
  EXPECT_EQ(ItemsOf("all").size(), 20);
}

TEST_F(LiveProfilesTest, OldEventsLeaveProfilesAndTheLakeOnceADay) {
  constexpr std::int64_t kDay = 24 * kHour;
  settings_.rotate_seconds = 1;
  settings_.horizon_hours = 24 * 365;
  settings_.retention_days.view = 90;
  EXPECT_THAT(Record({MadeEvent("1", "ann", "old", kNow - 89 * kDay), MadeEvent("2", "ann", "new", kNow),
                      MadeEvent("3", "bob", "old", kNow - 89 * kDay),
                      MadeEvent("4", "ann", "bought", kNow - 100 * kDay, EventKind::kPurchase),
                      MadeEvent("5", "ann", "older", kNow - 91 * kDay)}),
              ElementsAre(Recorded::kDone, Recorded::kDone, Recorded::kDone, Recorded::kDone, Recorded::kTooOld));
  profiles_->Rotate(kNow + 10);
  profiles_->EnforceRetention(kNow + 10);
  EXPECT_EQ(profiles_->removals().rows, 0);
  EXPECT_EQ(profiles_->removals().at, kNow + 10);
  profiles_->EnforceRetention(kNow + kDay);  // not a day later yet
  EXPECT_EQ(profiles_->removals().at, kNow + 10);
  profiles_->EnforceRetention(kNow + 2 * kDay);
  EXPECT_EQ(profiles_->removals().rows, 2);
  EXPECT_EQ(profiles_->removals().events, 2);
  for (int openings = 0; openings < 2; ++openings, Open()) {
    EXPECT_THAT(ItemsOf("ann"), ElementsAre("bought", "new"));
    EXPECT_EQ(profiles_->Find("ann")->activity[static_cast<int>(EventKind::kView)], (Activity{1, kNow, kNow}));
    EXPECT_FALSE(profiles_->Find("bob"));
    EXPECT_EQ(profiles_->Export("ann").entries.events.size(), 2);
    EXPECT_THAT(profiles_->Export("bob").entries.events, IsEmpty());
  }
}

TEST_F(LiveProfilesTest, WithoutLimitsNothingIsLookedFor) {
  Record({MadeEvent("1", "ann", "mug", kNow)});
  profiles_->EnforceRetention(kNow + 10000 * 24 * kHour);
  EXPECT_THAT(ItemsOf("ann"), ElementsAre("mug"));
  EXPECT_EQ(profiles_->removals().at, 0);
}

}  // namespace
}  // namespace shortlist::profile
