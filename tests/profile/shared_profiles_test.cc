// Two servers with logs of their own over one Redis.
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/byte_scan.h"
#include "profile/live_profiles.h"
#include "profile/made_events.h"
#include "profile/redis_server.h"
#include "profile/servers_with_redis.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1700000000;

class SharedProfilesTest : public ServersWithRedis {
 protected:
  KeyedIds Names() const { return KeyedIds(base::SecretKey::FromFile(settings_.key_file)); }
  // Of the lake.
  std::vector<std::string> ItemsInLakeOf(const std::string& name) const {
    std::vector<std::string> items;
    for (const auto& file : std::filesystem::directory_iterator(FolderOf(name) / "lake" / "events")) {
      for (const Event& event : ReadMadeFile(file.path())) items.push_back(event.item);
    }
    return items;
  }
  // Calls fail at once for a moment after Redis was missed.
  static void AwaitEndOfPause() { std::this_thread::sleep_for(std::chrono::milliseconds(250)); }
};

TEST_F(SharedProfilesTest, WhatOneIsToldTheOtherKnows) {
  LiveProfiles& one = Server("one");
  LiveProfiles& other = Server("other");
  EXPECT_THAT(one.Record({MadeEvent("1", "ann", "a", kNow)}, kNow), ElementsAre(Recorded::kDone));
  EXPECT_THAT(ItemsOf(other, "ann"), ElementsAre("a"));
  EXPECT_THAT(other.Record({MadeEvent("1", "ann", "a", kNow), MadeEvent("2", "ann", "b", kNow)}, kNow),
              ElementsAre(Recorded::kDuplicate, Recorded::kDone));
  EXPECT_THAT(ItemsOf(one, "ann"), ElementsAre("a", "b"));
  EXPECT_EQ(one.Find("ann"), other.Find("ann"));
}

TEST_F(SharedProfilesTest, AWithdrawalHoldsOnTheOther) {
  settings_.consent = ConsentRule::kRequired;
  LiveProfiles& one = Server("one");
  LiveProfiles& other = Server("other");
  one.Record({MadeConsent("ann", 15, kNow - 1), MadeEvent("1", "ann", "a", kNow)}, kNow);
  EXPECT_TRUE(other.Allows(other.Find("ann"), Purpose::kPersonalization));
  other.Record({MadeEvent("2", "ann", "b", kNow)}, kNow);
  one.Record({MadeConsent("ann", 0, kNow)}, kNow);
  EXPECT_FALSE(other.Allows(other.Find("ann"), Purpose::kPersonalization));
  EXPECT_THAT(other.Record({MadeEvent("3", "ann", "c", kNow)}, kNow), ElementsAre(Recorded::kDenied));
  other.Rotate(kNow);
  other.Rotate(kNow + 10);
  EXPECT_THAT(ItemsInLakeOf("other"), IsEmpty());  // of what was recorded before, too
}

TEST_F(SharedProfilesTest, WhoIsErasedOnOneIsAStrangerOnTheOther) {
  LiveProfiles& one = Server("one");
  LiveProfiles& other = Server("other");
  one.Record({MadeEvent("1", "ann", "a", kNow), Identification{"ann", "visitor", std::nullopt}}, kNow);
  other.Record({MadeEvent("2", "visitor", "b", kNow), MadeEvent("3", "bob", "c", kNow)}, kNow);
  EXPECT_THAT(ItemsOf(one, "ann"), ElementsAre("a", "b"));
  one.Erase("ann", kNow + 1);
  EXPECT_FALSE(other.Find("ann"));
  EXPECT_FALSE(other.Find("visitor"));
  EXPECT_TRUE(other.WasErased("ann"));
  EXPECT_THAT(other.Record({MadeEvent("2", "ann", "b", kNow)}, kNow + 1), ElementsAre(Recorded::kDuplicate));
  other.Record({MadeEvent("4", "ann", "d", kNow + 2)}, kNow + 2);
  other.Rotate(kNow + 3);
  other.Rotate(kNow + 10);
  EXPECT_THAT(ItemsInLakeOf("other"), ElementsAre("c", "d"));
}

TEST_F(SharedProfilesTest, AfterAnErasureTheNameIsInNoFileOfRedis) {
  LiveProfiles& one = Server("one");
  one.Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  one.Erase("ann", kNow);
  one.Rotate(kNow + 10);
  EXPECT_THAT(FilesWith(one.NameOf("ann"), redis_.directory()), IsEmpty());
  EXPECT_THAT(FilesWith(one.NameOf("ann"), FolderOf("one")), IsEmpty());
}

TEST_F(SharedProfilesTest, NothingIsAcknowledgedWhileRedisIsGoneAndAllGoesOnWhenItIsBack) {
  LiveProfiles& one = Server("one");
  one.Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  redis_.Kill();
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_THROW(one.Record({MadeEvent("2", "ann", "b", kNow)}, kNow), Error);
    AwaitEndOfPause();
  }
  redis_.Start();
  EXPECT_THAT(one.Record({MadeEvent("2", "ann", "b", kNow), MadeEvent("1", "ann", "a", kNow)}, kNow),
              ElementsAre(Recorded::kDone, Recorded::kDuplicate));
  EXPECT_THAT(ItemsOf(one, "ann"), ElementsAre("a", "b"));
}

// What was never acknowledged to the caller may be in the log of one server when the other takes it.
TEST_F(SharedProfilesTest, AnEventInTwoLogsCountsWhereItCameFirst) {
  Server("one").Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  Stop("one");
  EventLog(FolderOf("one"), Names().LogSecret())
      .Append(std::vector<Entry>{[this] {
                Event event = MadeEvent("2", "ann", "b", kNow);
                event.id = Names().OfEvent(event.id);
                event.user = Names().OfShopper(event.user);
                return event;
              }()},
              kNow);
  EXPECT_THAT(Server("other").Record({MadeEvent("2", "ann", "b", kNow)}, kNow), ElementsAre(Recorded::kDone));
  Server("one").Rotate(kNow);
  EXPECT_THAT(ItemsOf(Server("one"), "ann"), ElementsAre("a", "b"));
  for (const char* name : {"one", "other"}) {
    Server(name).Rotate(kNow);
    Server(name).Rotate(kNow + 10);
  }
  EXPECT_THAT(ItemsInLakeOf("one"), ElementsAre("a"));
  EXPECT_THAT(ItemsInLakeOf("other"), ElementsAre("b"));
}

// An entry that waited in a log while its shopper was erased elsewhere.
TEST_F(SharedProfilesTest, WhatComesLateDoesNotBringBackWhoWasErased) {
  Server("one").Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  Stop("one");
  EventLog(FolderOf("one"), Names().LogSecret())
      .Append(std::vector<Entry>{[this] {
                Event event = MadeEvent("2", "ann", "b", kNow);
                event.user = Names().OfShopper(event.user);
                return event;
              }()},
              kNow);
  Server("other").Erase("ann", kNow + 5);
  EXPECT_FALSE(Server("one").Find("ann"));
}

TEST_F(SharedProfilesTest, WhatRedisForgotIsMadeAgainFromTheLogs) {
  Server("one").Record({MadeEvent("1", "ann", "a", kNow)}, kNow);
  Server("other").Record({MadeEvent("2", "ann", "b", kNow + 1)}, kNow + 1);
  redis_.Ask({"FLUSHALL"});
  EXPECT_FALSE(Server("one").Find("ann"));
  Server("one").Rotate(kNow);
  Server("other").Rotate(kNow);
  EXPECT_THAT(ItemsOf(Server("one"), "ann"), ElementsAre("a", "b"));
  EXPECT_THAT(Server("one").Record({MadeEvent("2", "ann", "b", kNow)}, kNow), ElementsAre(Recorded::kDuplicate));
  redis_.Ask({"FLUSHALL"});
  EXPECT_THAT(Server("other").Record({MadeEvent("3", "ann", "c", kNow + 2)}, kNow + 2), ElementsAre(Recorded::kDone));
  EXPECT_THAT(ItemsOf(Server("one"), "ann"), ElementsAre("b", "c"));  // and the rest when the other looks
  Server("one").Rotate(kNow);
  EXPECT_THAT(ItemsOf(Server("one"), "ann"), ElementsAre("a", "b", "c"));
}

TEST_F(SharedProfilesTest, ManyCallersOnBothLoseNoEventAndDoubleNone) {
  constexpr int kCallers = 4;
  constexpr int kEvents = 60;
  settings_.max_events = 10000;
  const std::vector<LiveProfiles*> servers{&Server("one"), &Server("other")};
  {
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < kCallers * 2; ++caller) {
      callers.emplace_back([&, caller] {
        LiveProfiles& server = *servers[static_cast<std::size_t>(caller % 2)];
        for (int i = 0; i < kEvents; ++i) {
          // Each event is sent to both servers at about the same time.
          const std::string id = std::to_string(caller / 2) + "." + std::to_string(i);
          const std::vector<Recorded> outcomes = server.Record({MadeEvent(id, "ann", id, kNow)}, kNow);
          EXPECT_TRUE(outcomes[0] == Recorded::kDone || outcomes[0] == Recorded::kDuplicate);
        }
      });
    }
  }
  const Profile ann = servers[0]->Find("ann").value_or(Profile());
  EXPECT_EQ(ann.activity[static_cast<int>(EventKind::kView)].events, kCallers * kEvents);
  std::map<std::string, int> times;
  for (const ItemEvent& event : ann.events) ++times[event.item];
  EXPECT_EQ(times.size(), kCallers * kEvents);
  for (const char* name : {"one", "other"}) {
    Server(name).Rotate(kNow);
    Server(name).Rotate(kNow + 10);
    for (const std::string& item : ItemsInLakeOf(name)) --times[item];
  }
  for (const auto& [item, left] : times) EXPECT_EQ(left, 0) << item;  // each once in the lakes together
}

}  // namespace
}  // namespace shortlist::profile
