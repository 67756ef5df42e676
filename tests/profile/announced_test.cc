// What one server is told of shoppers reaches the files of the others that share its store.
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/scratch_directory.h"
#include "profile/byte_scan.h"
#include "profile/erasure_receipt.h"
#include "profile/forked.h"
#include "profile/live_profiles.h"
#include "profile/made_decisions.h"
#include "profile/made_events.h"
#include "profile/redis_server.h"
#include "profile/servers_with_redis.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kNow = 1700000000;

class AnnouncedTest : public ServersWithRedis {
 protected:
  // Its segment is closed and in the lake.
  void Rotate(const std::string& name) {
    Server(name).Rotate(kNow);
    Server(name).Rotate(kNow + 100);
  }
  std::vector<Event> LakeOf(const std::string& name) const {
    std::vector<Event> rows;
    for (const auto& file : std::filesystem::directory_iterator(FolderOf(name) / "lake" / "events")) {
      for (Event& event : ReadMadeFile(file.path())) rows.push_back(std::move(event));
    }
    std::ranges::sort(rows, {}, &Event::item);
    return rows;
  }
  std::vector<std::string> ItemsInLakeOf(const std::string& name) const {
    std::vector<std::string> items;
    for (const Event& event : LakeOf(name)) items.push_back(event.item);
    return items;
  }
  // Of the segment that has any.
  std::string KeysOf(const std::string& name) const {
    return base::ReadFile(std::filesystem::directory_iterator(FolderOf(name) / "keys")->path());
  }
  void ExpectNowhere(const std::string& shopper) {
    const std::string name = Server("one").NameOf(shopper);
    for (const std::string& text : {shopper, name.substr(name.size() - 24)}) {
      EXPECT_THAT(FilesWith(text, FolderOf("one")), IsEmpty()) << shopper;
      EXPECT_THAT(FilesWith(text, FolderOf("other")), IsEmpty()) << shopper;
      EXPECT_THAT(FilesWith(text, redis_.directory()), IsEmpty()) << shopper;
    }
  }
};

TEST_F(AnnouncedTest, OneErasureLeavesNoByteOnAnyServer) {
  LiveProfiles& one = Server("one");
  LiveProfiles& other = Server("other");
  other.Record({MadeEvent("1", "shopper-ann", "a", kNow), MadeEvent("2", "visitor-v", "b", kNow),
                MadeEvent("3", "bob", "c", kNow), MadeConsent("shopper-ann", 15, kNow)},
               kNow);
  Rotate("other");
  one.Record({MadeEvent("4", "shopper-ann", "d", kNow)}, kNow);
  one.Record({Identification{"shopper-ann", "visitor-v", std::nullopt}}, kNow);
  other.Record({MadeEvent("5", "shopper-ann", "e", kNow), MadeEvent("6", "bob", "f", kNow)}, kNow);
  EXPECT_EQ(LakeOf("other").size(), 3);
  const std::string receipt = one.Erase("shopper-ann", kNow + 1);
  const ErasureReceipt read =
      VerifiedReceipt(receipt, base::ReadFile(FolderOf("other") / "receipts.pem"), "shopper-ann");
  EXPECT_EQ(read.other_servers_by, read.files_by);
  EXPECT_TRUE(read.keys_destroyed);
  for (const char* name : {"one", "other"}) Rotate(name);
  for (const char* shopper : {"shopper-ann", "visitor-v"}) ExpectNowhere(shopper);
  EXPECT_THAT(ItemsInLakeOf("other"), ElementsAre("c", "f"));
  EXPECT_EQ(ItemsOf(one, "bob"), (std::vector<std::string>{"c", "f"}));
}

TEST_F(AnnouncedTest, KeysOnTheOtherServerAreDestroyedAtItsNextRotationBeforeTheLogIsClosed) {
  LiveProfiles& other = Server("other");
  other.Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  other.Record({MadeEvent("2", "bob", "b", kNow)}, kNow);
  const std::string keys = KeysOf("other");
  const std::string anns = keys.substr(0, 32);
  const std::string bobs = keys.substr(32, 32);
  Server("one").Erase("ann", kNow);
  EXPECT_THAT(FilesWith(anns, FolderOf("other")), Not(IsEmpty()));
  other.Rotate(kNow);  // which is too early for the segment
  EXPECT_THAT(FilesWith(anns, FolderOf("other")), IsEmpty());
  EXPECT_THAT(FilesWith(bobs, FolderOf("other")), Not(IsEmpty()));
}

TEST_F(AnnouncedTest, WhoComesBackBeforeTheOtherServerHeardKeepsWhatFollows) {
  Server("other").Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  Server("one").Erase("ann", kNow + 1);
  Server("other").Record({MadeEvent("2", "ann", "b", kNow + 2)}, kNow + 2);
  Stop("other");  // a start reads it from the log
  EXPECT_THAT(ItemsOf(Server("other"), "ann"), ElementsAre("b"));
  Rotate("other");
  EXPECT_THAT(ItemsOf(Server("other"), "ann"), ElementsAre("b"));
  EXPECT_THAT(ItemsInLakeOf("other"), ElementsAre("b"));
}

TEST_F(AnnouncedTest, RowsOfAVisitorBecomeTheShoppersOnEveryServer) {
  LiveProfiles& one = Server("one");
  LiveProfiles& other = Server("other");
  other.Record({MadeEvent("1", "v", "a", kNow)}, kNow);
  Rotate("other");
  other.Record({MadeEvent("2", "v", "b", kNow), MadeConsent("v", 15, kNow)}, kNow);
  one.Record({Identification{"ann", "v", std::nullopt}}, kNow);
  other.Record({MadeEvent("3", "v", "c", kNow)}, kNow);
  EXPECT_EQ(other.Export("ann").entries.events.size(), 3);  // which hears of it, too
  for (const Event& event : LakeOf("other")) EXPECT_EQ(event.user, one.NameOf("ann")) << event.item;
  EXPECT_THAT(FilesWith(one.NameOf("v"), FolderOf("other") / "lake"), IsEmpty());
}

// So that they are joined with what the shopper does under the known id, wherever either was recorded.
TEST_F(AnnouncedTest, DecisionsOnTheOtherServerFollow) {
  LiveEventSettings settings = settings_;
  settings.directory = FolderOf("other");
  DecisionLog decisions(settings.directory, DecisionSettings(), MadeDecisionFiles());
  servers_["other"] = std::make_unique<LiveProfiles>(settings, MadeEventFiles(), &decisions);
  LiveProfiles& one = Server("one");
  const std::vector<Decision> shown{MadeDecision("r-1", one.NameOf("v"), kNow),
                                    MadeDecision("r-2", one.NameOf("bob"), kNow)};
  decisions.Append(shown, kNow);
  const auto shown_to = [&](const std::string& user) { return decisions.Read({one.NameOf(user)}).size(); };
  one.Record({Identification{"ann", "v", std::nullopt}}, kNow);
  Rotate("other");
  EXPECT_EQ(shown_to("v"), 0);
  EXPECT_EQ(shown_to("ann"), 1);
  one.Erase("ann", kNow + 1);
  Rotate("other");
  EXPECT_EQ(shown_to("ann"), 0);
  EXPECT_EQ(shown_to("bob"), 1);
  Stop("other");
}

// In the order in which they were told, whichever server was.
TEST_F(AnnouncedTest, WhoIsIdentifiedAfterAnErasureKeepsTheRows) {
  Server("other").Record({MadeEvent("1", "ann", "a", kNow), MadeEvent("2", "v", "b", kNow)}, kNow);
  Rotate("other");
  Server("one").Erase("ann", kNow + 1);
  Server("third").Record({Identification{"ann", "v", std::nullopt}}, kNow + 1);
  Rotate("other");
  EXPECT_THAT(ItemsInLakeOf("other"), ElementsAre("b"));
  EXPECT_EQ(LakeOf("other").front().user, Server("one").NameOf("ann"));
  Server("one").Erase("v", kNow + 2);
  Rotate("other");
  EXPECT_THAT(ItemsInLakeOf("other"), IsEmpty());
}

TEST_F(AnnouncedTest, AServerThatWasAwayHearsOfItAtItsStart) {
  Server("other").Record({MadeEvent("1", "shopper-ann", "a", kNow)}, kNow);
  Rotate("other");
  Server("other").Record({MadeEvent("2", "shopper-ann", "b", kNow)}, kNow);
  const std::string key = KeysOf("other").substr(0, 32);
  Stop("other");
  Server("one").Erase("shopper-ann", kNow + 1);
  Server("other");
  EXPECT_THAT(FilesWith(key, FolderOf("other")), IsEmpty());
  for (const char* name : {"one", "other"}) Rotate(name);
  ExpectNowhere("shopper-ann");
}

TEST_F(AnnouncedTest, AServerThatWasAwayForTooLongSaysSo) {
  settings_.erasure_days = 1;
  Server("other");
  Stop("other");
  const auto messages_of_start = [this] {
    ::testing::internal::CaptureStderr();
    Server("other");
    Stop("other");
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(messages_of_start(), IsEmpty());
  base::WriteFileAtomically(FolderOf("other") / "heard", "shortlist heard 1\n1700000000 0\n");
  EXPECT_THAT(messages_of_start(), ::testing::HasSubstr("erase those shoppers again"));
}

TEST_F(AnnouncedTest, ANewServerHasNothingToDo) {
  Server("one").Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  Server("one").Erase("ann", kNow);
  Server("new").Rotate(kNow);
  Stop("new");
  int entries = 0;
  EventLog(FolderOf("new"), KeyedIds(base::SecretKey::FromFile(settings_.key_file)).LogSecret())
      .Replay(1, [&](const LoggedEntry& /*logged*/) { ++entries; });
  EXPECT_EQ(entries, 0);
}

// Its servers announce anew what is in their logs; whoever has heard it leaves it at that.
TEST_F(AnnouncedTest, ARedisThatForgotDoesNotHaveAnErasureDoneAgain) {
  Server("other").Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  Server("one").Erase("ann", kNow + 1);
  Server("other").Record({MadeEvent("2", "ann", "b", kNow + 2)}, kNow + 2);
  redis_.Ask({"FLUSHALL"});
  for (const char* name : {"one", "other"}) Server(name).Rotate(kNow);
  EXPECT_NE(redis_.Ask({"EXISTS", settings_.store.key_prefix + "announced:"}), "0");
  Rotate("other");
  EXPECT_THAT(ItemsInLakeOf("other"), ElementsAre("b"));
  Stop("other");
  Server("one").Erase("bob", kNow + 3);
  Rotate("other");
  EXPECT_THAT(ItemsInLakeOf("other"), ElementsAre("b"));
}

TEST_F(AnnouncedTest, WhatCannotBeOpenedIsNamedAndPassedOver) {
  Server("other").Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  redis_.Ask({"ZADD", settings_.store.key_prefix + "announced:", std::to_string(base::UnixSeconds() * 1000000),
              "stranger:7:garbage"});
  Server("one").Erase("ann", kNow + 1);
  ::testing::internal::CaptureStderr();
  Rotate("other");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), ::testing::HasSubstr("server stranger announced by entry 7"));
  EXPECT_THAT(ItemsInLakeOf("other"), IsEmpty());
}

// Shoppers are known to two servers, whose process is killed, and two of three are erased on the one; they come back on
// the other.
void EraseUntilKilled(const LiveEventSettings& shared, const std::filesystem::path& folder, const std::string& name,
                      int receipts) {
  LiveEventSettings settings = shared;
  settings.directory = folder / "one";
  LiveProfiles one(settings, MadeEventFiles());
  settings.directory = folder / "other";
  LiveProfiles other(settings, MadeEventFiles());
  const auto rotate = [](LiveProfiles& server) {
    return std::jthread([&server](const std::stop_token& stop) {
      for (std::int64_t time = kNow + 100000; !stop.stop_requested(); time += 10) {
        server.Rotate(time);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    });
  };
  const std::jthread rotation = rotate(one);
  const std::jthread rotation_of_other = rotate(other);
  for (int number = 0;; ++number) {
    const std::string user = name + "-" + std::to_string(number) + "-of-many";
    const std::int64_t now = kNow + 3 * number;
    const auto record = [&](LiveProfiles& server, const std::string& id, const std::string& who, std::int64_t time) {
      if (server.Record({MadeEvent(id, who, id, time)}, time).front() != Recorded::kDone) std::abort();
    };
    record(one, user + ".a", user, now);
    record(other, user + ".b", user, now);
    record(other, user + ".v", user + ".visitor", now);
    one.Record({Identification{user, user + ".visitor", std::nullopt}}, now);
    if (number % 3 != 0) one.Erase(user, now + 1);
    record(other, user + ".c", user, now + 2);
    const std::string line = user + "\n";
    if (write(receipts, line.data(), line.size()) < 0) std::abort();
  }
}

void ExpectErasedEverywhere(const LiveEventSettings& shared, const std::filesystem::path& folder,
                            const std::vector<std::string>& users) {
  LiveEventSettings settings = shared;
  std::map<std::string, std::vector<std::string>> rows;
  for (const char* server : {"one", "other"}) {
    settings.directory = folder / server;
    LiveProfiles profiles(settings, MadeEventFiles());
    profiles.Rotate(kNow + 10000000);
    profiles.Rotate(kNow + 10000010);
    for (const std::string& user : users) {
      for (const Event& event : profiles.Export(user).entries.events) rows[user].push_back(event.item);
      EXPECT_THAT(FilesWith(profiles.NameOf(user + ".visitor"), settings.directory + "/lake"), IsEmpty()) << user;
    }
  }
  for (const std::string& user : users) {
    const std::size_t place = user.find('-') + 1;
    const bool stays = std::stoi(user.substr(place, user.find('-', place) - place)) % 3 == 0;
    const auto expected =
        stays ? std::vector{user + ".a", user + ".b", user + ".v", user + ".c"} : std::vector{user + ".c"};
    EXPECT_THAT(rows[user], ::testing::UnorderedElementsAreArray(expected)) << user;
  }
}

void SurviveKills(int kills) {
  const ScratchDirectory scratch;
  const RedisServer redis;
  LiveEventSettings settings;
  settings.key_file = scratch / "key";
  settings.store = redis.settings();
  settings.rotate_seconds = 1;
  std::mt19937 random(20240303);
  std::size_t told = 0;
  for (int round = 0; round < kills && !::testing::Test::HasFailure(); ++round) {
    const std::chrono::microseconds life(20000 + random() % 100000);
    const std::vector<std::string> users = LinesUntilKilled(
        [&](int lines) { EraseUntilKilled(settings, scratch.path(), "r" + std::to_string(round), lines); },
        LifeBegins::kAtFirstLine, life);
    told += users.size();
    const std::size_t looked_for = std::min<std::size_t>(users.size(), 20);
    const std::vector<std::string> last(users.end() - static_cast<std::ptrdiff_t>(looked_for), users.end());
    ASSERT_EQ(StatusOfFork([&] { ExpectErasedEverywhere(settings, scratch.path(), last); }), 0)
        << "after kill " << round;
  }
  EXPECT_GE(told, static_cast<std::size_t>(kills));
}

TEST(AnnouncedCrashTest, SurvivesFiveKills) {
  SurviveKills(5);
}

TEST(AnnouncedCrashSlowTest, SurvivesAHundredKills) {
  SurviveKills(100);
}

}  // namespace
}  // namespace shortlist::profile
