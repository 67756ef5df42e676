#include "profile/profile_store.h"

#include <chrono>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

constexpr StoreMemory kLong{.event_id_seconds = 1000000, .erasure_seconds = 1000000};

Profile MadeProfile(std::int64_t time) {
  Profile profile;
  Apply(MadeEvent("e", "ann", "mug", time), 1, {}, profile);
  return profile;
}

TEST(ProfileStoreTest, KeepsWhatWasCommittedOverOpenings) {
  const ScratchDirectory scratch;
  {
    ProfileStore store(scratch.path(), kLong);
    EXPECT_EQ(store.applied(), 0);
    EXPECT_FALSE(store.Find("ann"));
    store.Commit({{{"ann", MadeProfile(1)}, {"a", MadeProfile(3)}}, {{"e-1", 70}, {"", 71}}, {{"x", 72}}, 5});
    store.Commit({{{"ann", MadeProfile(2)}}, {}, {}, 6});
    store.Sync();
  }
  const ProfileStore store(scratch.path(), kLong);
  EXPECT_EQ(store.applied(), 6);
  EXPECT_EQ(store.Find("ann"), MadeProfile(2));
  EXPECT_EQ(store.Find("a"), MadeProfile(3));  // not the key of `applied`
  EXPECT_EQ(store.ReceivedAt("e-1"), 70);
  EXPECT_EQ(store.ReceivedAt("e-2"), std::nullopt);
  EXPECT_EQ(store.ErasedAt("x"), 72);
  EXPECT_EQ(store.ErasedAt("e-1"), std::nullopt);
}

TEST(ProfileStoreTest, IsOfOneProcess) {
  const ScratchDirectory scratch;
  const ProfileStore open(scratch.path(), kLong);
  EXPECT_THROW(ProfileStore(scratch.path(), kLong), Error);
}

}  // namespace
}  // namespace shortlist::profile
