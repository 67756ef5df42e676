// What every store does: one table of cases over all of them.
#include "profile/profile_store.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/made_events.h"
#include "profile/tested_stores.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

StoredProfile MadeProfile(std::int64_t time) {
  StoredProfile made;
  Apply(MadeEvent("e", "ann", "mug", time), 1, {}, made.profile);
  return made;
}

class ProfileStoreTest : public ::testing::TestWithParam<MakeStores> {
 protected:
  StoredProfile Read(const ProfileStore& store, const std::string& shopper) const {
    return store.Read({&shopper, 1}).front();
  }

  const std::unique_ptr<TestedStores> stores_ = GetParam()();
};

TEST_P(ProfileStoreTest, KeepsWhatWasCommittedOverOpenings) {
  {
    const auto store = stores_->Open();
    EXPECT_EQ(store->applied(), 0);
    EXPECT_FALSE(store->Find("ann"));
    EXPECT_EQ(
        store->Commit({{{"ann", MadeProfile(1)}, {"a", MadeProfile(3)}}, {{"e-1", 70}, {"", 71}}, {{"x", 72}}, 0, 5}),
        Committed::kDone);
    StoredProfile ann = MadeProfile(2);
    ann.version = Read(*store, "ann").version;
    EXPECT_EQ(store->Commit({{{"ann", ann}}, {}, {}, 5, 6}), Committed::kDone);
    store->Sync();
  }
  const auto store = stores_->Open();
  EXPECT_EQ(store->applied(), 6);
  EXPECT_EQ(store->Find("ann"), MadeProfile(2).profile);
  EXPECT_EQ(store->Find("a"), MadeProfile(3).profile);  // not the key of `applied`
  EXPECT_THAT(store->RecordersOf(std::vector<std::string>{"e-1", "e-2", ""}),
              ElementsAre(Recorder::kThisServer, Recorder::kNobody, Recorder::kThisServer));
  EXPECT_EQ(store->ErasedAt("x"), 72);
  EXPECT_EQ(store->ErasedAt("e-1"), std::nullopt);
}

TEST_P(ProfileStoreTest, ReadsManyInTheirOrder) {
  const auto store = stores_->Open();
  store->Commit({{{"ann", MadeProfile(1)}, {"bob", MadeProfile(2)}}, {}, {}, 0, 1});
  std::vector<Profile> profiles;
  for (const StoredProfile& stored : store->Read(std::vector<std::string>{"bob", "cid", "ann"})) {
    profiles.push_back(stored.profile);
  }
  EXPECT_THAT(profiles, ElementsAre(MadeProfile(2).profile, Profile(), MadeProfile(1).profile));
  EXPECT_TRUE(store->Read({}).empty());
  EXPECT_TRUE(store->RecordersOf({}).empty());
}

TEST_P(ProfileStoreTest, VisitsAllShoppersAFewAtATime) {
  const auto store = stores_->Open();
  store->Commit(
      {{{"ann", MadeProfile(1)}, {"bob", MadeProfile(1)}, {"cid", MadeProfile(1)}}, {{"e-1", 70}}, {{"x", 71}}, 0, 1});
  std::vector<std::string> visited;
  store->ForEachShopper(2, [&](std::span<const std::string> shoppers) {
    EXPECT_LE(shoppers.size(), 2);
    visited.insert(visited.end(), shoppers.begin(), shoppers.end());
  });
  EXPECT_THAT(visited, UnorderedElementsAre("ann", "bob", "cid"));
}

TEST_P(ProfileStoreTest, ChangesOfNoEntryAreWritten) {
  const auto store = stores_->Open();
  store->Commit({{{"ann", MadeProfile(1)}}, {}, {}, 0, 1});
  StoredProfile ann = MadeProfile(2);
  ann.version = Read(*store, "ann").version;
  EXPECT_EQ(store->Commit({{{"ann", ann}}, {}, {}, 1, 1}), Committed::kDone);
  EXPECT_EQ(store->Find("ann"), MadeProfile(2).profile);
  EXPECT_EQ(store->applied(), 1);
}

TEST_P(ProfileStoreTest, AProfileLikeAStrangersIsNotThere) {
  const auto store = stores_->Open();
  store->Commit({{{"ann", MadeProfile(1)}}, {}, {}, 0, 1});
  store->Commit({{{"ann", {{}, Read(*store, "ann").version}}}, {}, {}, 1, 2});
  EXPECT_FALSE(store->Find("ann"));
  store->Scrub();
  EXPECT_FALSE(store->Find("ann"));
}

TEST_P(ProfileStoreTest, ChangesThatFollowSomethingElseAreNotWritten) {
  const auto store = stores_->Open();
  EXPECT_EQ(store->Commit({{{"ann", MadeProfile(1)}}, {{"e-1", 70}}, {}, 3, 4}), Committed::kBehind);
  EXPECT_EQ(store->applied(), 0);
  EXPECT_FALSE(store->Find("ann"));
  EXPECT_THAT(store->RecordersOf(std::vector<std::string>{"e-1"}), ElementsAre(Recorder::kNobody));
}

TEST_P(ProfileStoreTest, AServerDoesNotHearOfWhatItAnnounced) {
  const auto store = stores_->Open();
  EXPECT_EQ(store->AnnouncedAfter(0).place, 0);
  EXPECT_EQ(store->Commit({.follows = 0, .applied = 1, .announced = {{1, "a"}}}), Committed::kDone);
  const Announcements announced = store->AnnouncedAfter(0);
  EXPECT_TRUE(announced.of_others.empty());
  EXPECT_EQ(store->AnnouncedAfter(announced.place).place, announced.place);
  EXPECT_EQ(store->applied(), 1);
}

INSTANTIATE_TEST_SUITE_P(Each, ProfileStoreTest, ::testing::ValuesIn(AllTestedStores()), NameOfStores);

}  // namespace
}  // namespace shortlist::profile
