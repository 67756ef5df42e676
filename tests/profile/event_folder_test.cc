#include "profile/event_folder.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/redis_server.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

constexpr StoreMemory kMemory{.event_id_seconds = 100, .erasure_seconds = 100};

class EventFolderTest : public ::testing::Test {
 protected:
  EventFolderTest() { settings_.directory = scratch_ / "events"; }

  void ExpectRefused(Code code) const {
    try {
      OpenIds(settings_);
      ADD_FAILURE() << "opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
    }
  }
  void Store(const std::string& shopper) const {
    StoreChanges changes{.follows = 0, .applied = 1};
    changes.profiles[shopper].profile.events = {{"mug", EventKind::kView, 1, 1}};
    ASSERT_EQ(OpenStore(settings_, OpenIds(settings_), kMemory)->Commit(changes), Committed::kDone);
  }

  ScratchDirectory scratch_;
  LiveEventSettings settings_;
};

TEST_F(EventFolderTest, NamesShoppersAlikeAtEveryStart) {
  const std::string name = OpenIds(settings_).OfShopper("ann");
  EXPECT_EQ(OpenIds(settings_).OfShopper("ann"), name);
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "events.key"));
}

TEST_F(EventFolderTest, RefusesAnotherKey) {
  OpenIds(settings_);
  std::filesystem::rename(scratch_ / "events.key", scratch_ / "first.key");
  ExpectRefused(Code::kNotFound);
  const LiveEventSettings first = settings_;
  settings_.directory = scratch_ / "others";
  OpenIds(settings_);
  settings_ = first;
  settings_.key_file = scratch_ / "others.key";
  ExpectRefused(Code::kFailedPrecondition);
}

TEST_F(EventFolderTest, RefusesAKeyBesideTheDataThatItProtects) {
  settings_.key_file = scratch_ / "events/key";
  ExpectRefused(Code::kInvalidArgument);
}

TEST_F(EventFolderTest, KeepsProfilesInTheFolder) {
  Store("ann");
  EXPECT_TRUE(OpenStore(settings_, OpenIds(settings_), kMemory)->Find("ann"));
}

TEST_F(EventFolderTest, IsTheSameServerOfARedisAtEveryStart) {
  const RedisServer redis;
  settings_.store = redis.settings();
  Store("ann");
  EXPECT_EQ(OpenStore(settings_, OpenIds(settings_), kMemory)->applied(), 1U);
  settings_.key_file = scratch_ / "events.key";
  settings_.directory = scratch_ / "others";
  const auto other = OpenStore(settings_, OpenIds(settings_), kMemory);
  EXPECT_EQ(other->applied(), 0U);
  EXPECT_TRUE(other->Find("ann"));
}

}  // namespace
}  // namespace shortlist::profile
