#include "profile/redis_profile_store.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "profile/byte_scan.h"
#include "profile/made_events.h"
#include "profile/tested_stores.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Error FailureOf(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& problem) {
    return problem;
  }
  return {Code::kNotFound, "nothing was thrown"};
}

// What the store has of a shopper, with one event more.
StoredProfile WithOneMore(const ProfileStore& store, const std::string& shopper) {
  StoredProfile stored = std::move(store.Read({&shopper, 1}).front());
  Apply(MadeEvent("e", shopper, "mug", 1), 1, {.max_events = 10}, stored.profile);
  return stored;
}

std::uint64_t EventsOf(const ProfileStore& store, const std::string& shopper) {
  return store.Find(shopper).value_or(Profile()).activity[static_cast<int>(EventKind::kView)].events;
}

class RedisProfileStoreTest : public ::testing::Test {
 protected:
  RedisStores stores_;
};

TEST_F(RedisProfileStoreTest, WhatOneServerCommitsTheOtherKnows) {
  const auto one = stores_.OpenAs("one");
  const auto other = stores_.OpenAs("other");
  one->Commit({{{"ann", WithOneMore(*one, "ann")}}, {{"e-1", 70}}, {{"x", 72}}, 0, 1});
  EXPECT_EQ(EventsOf(*other, "ann"), 1);
  EXPECT_EQ(other->ErasedAt("x"), 72);
  EXPECT_EQ(other->applied(), 0);  // of its own log
  const std::vector<std::string> ids{"e-1"};
  EXPECT_THAT(other->RecordersOf(ids), ElementsAre(Recorder::kOtherServer));
  EXPECT_THAT(one->RecordersOf(ids), ElementsAre(Recorder::kThisServer));
}

TEST_F(RedisProfileStoreTest, ChangesThatRestOnAnOldProfileAreOvertaken) {
  const auto one = stores_.OpenAs("one");
  const auto other = stores_.OpenAs("other");
  for (int stage = 0; stage < 2; ++stage) {  // of a stranger, then of a shopper
    const StoredProfile before = WithOneMore(*one, "ann");
    const auto sequence = static_cast<std::uint64_t>(stage);
    EXPECT_EQ(other->Commit({{{"ann", WithOneMore(*other, "ann")}}, {}, {}, sequence, sequence + 1}), Committed::kDone);
    EXPECT_EQ(one->Commit({{{"ann", before}, {"bob", before}}, {{"e-1", 1}}, {}, 0, 1}), Committed::kOvertaken);
    EXPECT_EQ(EventsOf(*one, "ann"), sequence + 1);
    EXPECT_FALSE(one->Find("bob"));
  }
  EXPECT_EQ(one->Commit({{{"ann", WithOneMore(*one, "ann")}}, {{"e-1", 1}}, {}, 0, 1}), Committed::kDone);
}

// A profile that is gone and there again is not what was read.
TEST_F(RedisProfileStoreTest, VersionsDoNotComeBack) {
  const auto one = stores_.OpenAs("one");
  const auto other = stores_.OpenAs("other");
  other->Commit({{{"ann", WithOneMore(*other, "ann")}}, {}, {}, 0, 1});
  const StoredProfile before = WithOneMore(*one, "ann");
  other->Commit({{{"ann", {{}, before.version}}}, {}, {}, 1, 2});
  other->Commit({{{"ann", WithOneMore(*other, "ann")}}, {}, {}, 2, 3});
  EXPECT_EQ(one->Commit({{{"ann", before}}, {}, {}, 0, 1}), Committed::kOvertaken);
}

TEST_F(RedisProfileStoreTest, AnEventIsOfTheServerThatCommittedItFirst) {
  const auto one = stores_.OpenAs("one");
  const auto other = stores_.OpenAs("other");
  EXPECT_EQ(one->Commit({{}, {{"e-1", 70}}, {}, 0, 1}), Committed::kDone);
  EXPECT_EQ(other->Commit({{{"bob", WithOneMore(*other, "bob")}}, {{"e-1", 70}}, {}, 0, 1}), Committed::kOvertaken);
  EXPECT_FALSE(other->Find("bob"));
}

TEST_F(RedisProfileStoreTest, ACommitThatComesTwiceIsDoneOnce) {
  const auto store = stores_.OpenAs("one");
  const StoreChanges changes{{{"ann", WithOneMore(*store, "ann")}}, {{"e-1", 70}}, {}, 0, 1};
  EXPECT_EQ(store->Commit(changes), Committed::kDone);
  EXPECT_EQ(store->Commit(changes), Committed::kDone);
  EXPECT_EQ(EventsOf(*store, "ann"), 1);
}

TEST_F(RedisProfileStoreTest, TheLatestErasureCounts) {
  const auto store = stores_.OpenAs("one");
  store->Commit({{}, {}, {{"x", 80}}, 0, 1});
  store->Commit({{}, {}, {{"x", 70}}, 1, 2});
  EXPECT_EQ(store->ErasedAt("x"), 80);
}

TEST_F(RedisProfileStoreTest, AnnouncementsAreHeardInTheOrderOfTheirCommits) {
  const auto one = stores_.OpenAs("one");
  const auto two = stores_.OpenAs("two");
  const auto other = stores_.OpenAs("other");
  const std::string bytes("a:\0b", 4);
  one->Commit({.follows = 0, .applied = 9, .announced = {{8, bytes}, {9, "b"}}});
  two->Commit({.follows = 0, .applied = 1, .announced = {{1, "c"}}});
  two->Commit({.follows = 0, .applied = 1, .announced = {{1, "c"}}});  // whose answer was lost
  one->Commit({.follows = 9, .applied = 10});
  EXPECT_EQ(two->Commit({.follows = 5, .applied = 6, .announced = {{6, "not written"}}}), Committed::kBehind);
  std::vector<std::string> heard;
  Announcements announced = other->AnnouncedAfter(0);
  for (const Announcement& each : announced.of_others) {
    heard.push_back(each.origin.server + " " + std::to_string(each.origin.sequence) + " " + each.sealed);
  }
  EXPECT_THAT(heard, ElementsAre("one 8 " + bytes, "one 9 b", "two 1 c"));
  EXPECT_EQ(two->AnnouncedAfter(0).of_others.size(), 2);
  two->Commit({.follows = 1, .applied = 2, .announced = {{2, "d"}}});
  announced = other->AnnouncedAfter(announced.place);
  ASSERT_EQ(announced.of_others.size(), 1);
  EXPECT_EQ(announced.of_others.front().sealed, "d");
  EXPECT_TRUE(other->AnnouncedAfter(announced.place).of_others.empty());
}

TEST_F(RedisProfileStoreTest, ManyAnnouncementsAreAllHeard) {
  constexpr std::uint64_t kMany = 2500;
  StoreChanges changes{.follows = 0, .applied = kMany};
  for (std::uint64_t i = 1; i <= kMany; ++i) changes.announced.emplace_back(i, "a");
  stores_.OpenAs("one")->Commit(changes);
  const auto other = stores_.OpenAs("other");
  std::uint64_t heard = 0;
  std::uint64_t place = 0;
  for (Announcements read = other->AnnouncedAfter(0); read.place != place; read = other->AnnouncedAfter(place)) {
    for (const Announcement& each : read.of_others) EXPECT_EQ(each.origin.sequence, ++heard);
    place = read.place;
  }
  EXPECT_EQ(heard, kMany);
}

TEST_F(RedisProfileStoreTest, AnnouncementsAreForgottenWithErasures) {
  const auto one = stores_.OpenAs("one", {.event_id_seconds = 1000, .erasure_seconds = 1});
  const auto other = stores_.OpenAs("other");
  one->Commit({.follows = 0, .applied = 1, .announced = {{1, "a"}}});
  EXPECT_EQ(other->AnnouncedAfter(0).of_others.size(), 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  one->Commit({.follows = 1, .applied = 2, .announced = {{2, "b"}}});
  const Announcements announced = other->AnnouncedAfter(0);
  ASSERT_EQ(announced.of_others.size(), 1);
  EXPECT_EQ(announced.of_others.front().sealed, "b");
}

TEST_F(RedisProfileStoreTest, RemembersAsLongAsItIsTold) {
  const auto store = stores_.OpenAs("one", {.event_id_seconds = 1, .erasure_seconds = 1000});
  store->Commit({{{"ann", WithOneMore(*store, "ann")}}, {{"e-1", 70}}, {{"x", 70}}, 0, 1});
  const std::vector<std::string> ids{"e-1"};
  EXPECT_THAT(store->RecordersOf(ids), ElementsAre(Recorder::kThisServer));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_THAT(store->RecordersOf(ids), ElementsAre(Recorder::kNobody));
  EXPECT_TRUE(store->ErasedAt("x"));
  EXPECT_EQ(EventsOf(*store, "ann"), 1);
}

TEST_F(RedisProfileStoreTest, NoUpdateOfManyThreadsIsLost) {
  constexpr int kServers = 4;
  constexpr std::uint64_t kUpdates = 100;
  {
    std::vector<std::jthread> servers;
    for (int server = 0; server < kServers; ++server) {
      servers.emplace_back([this, server] {
        const auto store = stores_.OpenAs(std::to_string(server));
        for (std::uint64_t done = 0; done < kUpdates;) {
          const StoreChanges changes{{{"ann", WithOneMore(*store, "ann")}}, {}, {}, done, done + 1};
          if (store->Commit(changes) == Committed::kDone) ++done;
        }
      });
    }
  }
  EXPECT_EQ(EventsOf(*stores_.OpenAs("any"), "ann"), kServers * kUpdates);
}

TEST_F(RedisProfileStoreTest, ARedisThatWasKilledIsFoundAgainWithWhatItHad) {
  const auto store = stores_.OpenAs("one");
  store->Commit({{{"ann", WithOneMore(*store, "ann")}}, {}, {}, 0, 1});
  stores_.redis().Kill();
  EXPECT_EQ(FailureOf([&] { store->Find("ann"); }).code(), Code::kUnavailable);
  EXPECT_EQ(FailureOf([&] { store->Commit({{}, {}, {}, 1, 2}); }).code(), Code::kUnavailable);
  stores_.redis().Start();
  std::this_thread::sleep_for(std::chrono::milliseconds(250));  // calls fail at once for a moment
  EXPECT_EQ(EventsOf(*store, "ann"), 1);
  stores_.redis().Kill();
  stores_.redis().Start();
  EXPECT_EQ(store->applied(), 1);  // over a connection that is no more
}

TEST_F(RedisProfileStoreTest, WhatIsDeletedLeavesTheFilesOfRedis) {
  const auto store = stores_.OpenAs("one");
  const std::string telling = "shopper-who-leaves";
  store->Commit({{{telling, WithOneMore(*store, telling)}}, {}, {}, 0, 1});
  store->Commit({{{telling, {{}, WithOneMore(*store, telling).version}}}, {}, {}, 1, 2});
  EXPECT_THAT(FilesWith(telling, stores_.redis().directory()), Not(IsEmpty()));
  store->Scrub();
  EXPECT_THAT(FilesWith(telling, stores_.redis().directory()), IsEmpty());
}

// Those of docs/operations.md.
TEST_F(RedisProfileStoreTest, TheRightsThatItNeedsAreEnough) {
  stores_.redis().Ask({"ACL", "SETUSER", "shop", "on", "nopass", "~shortlist:*", "+@read", "+@write", "+@scripting",
                       "+info", "+config|get", "+bgrewriteaof", "+bgsave"});
  const ScratchDirectory scratch;
  EventStoreSettings settings = stores_.redis().settings();
  settings.username = "shop";
  settings.password_file = scratch / "password";
  base::WriteFileAtomically(settings.password_file, "any");
  RedisProfileStore store(settings, "one", "key", kLongMemory);
  EXPECT_EQ(store.Commit({{{"ann", WithOneMore(store, "ann")}}, {{"e-1", 1}}, {{"x", 1}}, 0, 1, {{1, "a"}}}),
            Committed::kDone);
  EXPECT_NE(store.AnnouncedAfter(0).place, 0);
  EXPECT_EQ(EventsOf(store, "ann"), 1);
  stores_.redis().Ask({"CONFIG", "SET", "save", "3600 1"});
  ::testing::internal::CaptureStderr();
  store.Sync();
  store.Scrub();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(stores_.redis().directory() / "dump.rdb"));
  stores_.redis().Ask({"ACL", "SETUSER", "shop", "-bgrewriteaof"});
  ::testing::internal::CaptureStderr();
  store.Scrub();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("BGREWRITEAOF"));
}

TEST_F(RedisProfileStoreTest, ServersWithAnotherKeyAreTurnedAway) {
  stores_.OpenAs("one");
  const Error failure = FailureOf([&] { RedisProfileStore(stores_.redis().settings(), "two", "other", kLongMemory); });
  EXPECT_EQ(failure.code(), Code::kFailedPrecondition);
  EXPECT_THAT(failure.what(), HasSubstr("serve.events.key_file"));
  EventStoreSettings apart = stores_.redis().settings();
  apart.key_prefix = "another shop:";
  EXPECT_FALSE(RedisProfileStore(apart, "two", "other", kLongMemory).Find("ann"));
}

TEST_F(RedisProfileStoreTest, ARedisThatForgetsKeysIsRefused) {
  stores_.redis().Ask({"CONFIG", "SET", "maxmemory", "100mb"});
  EXPECT_FALSE(stores_.OpenAs("one")->Find("ann"));
  stores_.redis().Ask({"CONFIG", "SET", "maxmemory-policy", "volatile-lru"});
  EXPECT_EQ(FailureOf([&] { stores_.OpenAs("one"); }).code(), Code::kFailedPrecondition);
}

}  // namespace
}  // namespace shortlist::profile
