// What stays on disk of shoppers who were erased: nothing, byte for byte, also when a kill came in between.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/block.h"
#include "profile/byte_scan.h"
#include "profile/erasure_receipt.h"
#include "profile/forked.h"
#include "profile/live_profiles.h"
#include "profile/made_events.h"

namespace shortlist::profile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kNow = 1700000000;

LiveEventSettings SettingsIn(const std::filesystem::path& folder) {
  LiveEventSettings settings;
  settings.directory = folder;
  settings.rotate_seconds = 1;
  settings.erasure_days = 3650;  // by the clock of the machine, which is far ahead of kNow
  return settings;
}

// An event with the shopper's id all over it.
Event TellingEvent(const std::string& user, int number) {
  Event event =
      MadeEvent(user + "/" + std::to_string(number), user, "item-" + std::to_string(number), kNow, EventKind::kSearch);
  event.query = "what " + user + " wants";
  event.device = "phone of " + user;
  return event;
}

// The end of a name: RocksDB leaves out what a key has in common with the one before.
std::string TailOf(const std::string& name) {
  return name.substr(name.size() - 24);
}

class ErasureTest : public ::testing::Test {
 protected:
  static std::vector<std::string> Users() {
    std::vector<std::string> users;
    for (int number = 0; number < 50; ++number) users.push_back("shopper-" + std::to_string(number) + "-of-many");
    return users;
  }
  void Open() { profiles_.emplace(SettingsIn(folder_), MadeEventFiles()); }
  // Puts shoppers into the lake, the files of the store and the log alike.
  void Fill() {
    for (int round = 0; round < 3; ++round) {
      std::vector<Entry> entries;
      for (const std::string& user : Users()) {
        entries.emplace_back(TellingEvent(user, round));
        entries.emplace_back(MadeConsent(user, 15, kNow));
      }
      Open();
      profiles_->Record(entries, kNow);
      if (round < 2) profiles_->Rotate(kNow + 10);
    }
  }
  std::vector<std::filesystem::path> FilesWithTail(const std::string& user) const {
    return FilesWith(TailOf(profiles_->NameOf(user)), folder_);
  }

  ScratchDirectory scratch_;
  const std::filesystem::path folder_ = scratch_ / "events";
  std::optional<LiveProfiles> profiles_;
};

TEST_F(ErasureTest, IdsAreNotOnDiskInTheFirstPlace) {
  Open();
  profiles_->Record({MadeEvent("order-of-ann", "shopper-ann", "mug", kNow), MadeConsent("shopper-ann", 15, kNow)},
                    kNow);
  profiles_->Rotate(kNow + 10);
  profiles_->Record({MadeEvent("next-of-ann", "shopper-ann", "mug", kNow)}, kNow);
  for (const char* id : {"shopper-ann", "-of-ann"}) EXPECT_THAT(FilesWith(id, folder_), IsEmpty());
}

TEST_F(ErasureTest, AfterCompactionNeitherIdNorNameIsOnDisk) {
  Fill();
  // Those whose names are the first and the last of all, and so bound files, and some others.
  std::set<std::string> gone{"shopper-7-of-many", "shopper-8-of-many"};
  const auto by_name = [&](const std::string& user) { return profiles_->NameOf(user); };
  gone.insert(std::ranges::min(Users(), {}, by_name));
  gone.insert(std::ranges::max(Users(), {}, by_name));
  const std::vector<std::string> users = Users();
  const std::string kept = *std::ranges::find_if(users, [&](const auto& user) { return !gone.contains(user); });
  for (const std::string& user : gone) EXPECT_GE(FilesWithTail(user).size(), 3);  // profiles, both of the lake
  for (const std::string& user : gone) profiles_->Erase(user, kNow);
  profiles_->Rotate(kNow + 20);
  for (int openings = 0; openings < 2; ++openings, Open()) {
    for (const std::string& user : gone) {
      EXPECT_THAT(FilesWith(user, folder_), IsEmpty()) << user;
      EXPECT_THAT(FilesWithTail(user), IsEmpty()) << user;
    }
    EXPECT_THAT(FilesWithTail(kept), Not(IsEmpty()));
    EXPECT_EQ(profiles_->Find(kept)->activity[static_cast<int>(EventKind::kSearch)].events, 3);
    EXPECT_EQ(profiles_->Export(kept).entries.events.size(), 3);
  }
}

TEST_F(ErasureTest, AReceiptClaimsNoKeysWhileTheLogHasEntriesWithoutThem) {
  ByteWriter block;
  for (const std::uint64_t number : {1, 2 * 99, 1}) block.Number(number);  // the first, when in zigzag, how many
  block.Text(ToBytes(Entry(TellingEvent("ann", 1))));
  std::filesystem::create_directories(folder_ / "log");
  std::ofstream(folder_ / "log/00000000000000000001.events") << "shortlist events 2\n" << BlockOf(block.bytes());
  Open();
  const auto keys_destroyed = [&] {
    return VerifiedReceipt(profiles_->Erase("ann", kNow), base::ReadFile(folder_ / "receipts.pem")).keys_destroyed;
  };
  EXPECT_FALSE(keys_destroyed());
  profiles_->Rotate(kNow + 10);
  EXPECT_TRUE(keys_destroyed());
}

// As they are in a backup of the log.
TEST_F(ErasureTest, ACopyOfTheLogFromBeforeCannotBeReadWithWhatIsThereAfter) {
  Open();
  profiles_->Record({TellingEvent("visitor", 1), Identification{"ann", "visitor", std::nullopt}}, kNow);
  profiles_->Record({TellingEvent("ann", 2), MadeConsent("ann", 15, kNow), TellingEvent("bob", 3)}, kNow);
  const std::filesystem::path copy = scratch_ / "copy";
  std::filesystem::create_directories(copy);
  std::filesystem::copy(folder_ / "log", copy / "log");
  const std::string keys_before = base::ReadFile(folder_ / "keys/00000000000000000001.keys");
  EXPECT_TRUE(VerifiedReceipt(profiles_->Erase("ann", kNow), base::ReadFile(folder_ / "receipts.pem")).keys_destroyed);
  profiles_->Record({TellingEvent("ann", 4)}, kNow);  // who came back
  const auto entries_of_copy = [&] {
    std::vector<std::string> users;
    EventLog(copy, KeyedIds(base::SecretKey::FromFile(folder_.string() + ".key")).LogSecret())
        .Replay(1, [&](const LoggedEntry& logged) { users.emplace_back(ShopperOf(logged.entry)); });
    return users;
  };
  std::filesystem::copy(folder_ / "keys", copy / "keys");
  EXPECT_THAT(entries_of_copy(), ElementsAre(profiles_->NameOf("bob")));
  EXPECT_EQ(profiles_->Find("ann")->activity[static_cast<int>(EventKind::kSearch)].events, 1);
  base::WriteFileAtomically(copy / "keys/00000000000000000001.keys", keys_before);
  EXPECT_EQ(entries_of_copy().size(), 5);  // what was destroyed is what was missing
}

TEST_F(ErasureTest, NoByteOfADestroyedKeyIsOnDisk) {
  Open();
  profiles_->Record({TellingEvent("ann", 1)}, kNow);
  // The first one is that of the first shopper.
  const std::string key = base::ReadFile(folder_ / "keys/00000000000000000001.keys").substr(0, 32);
  EXPECT_THAT(FilesWith(key, folder_), Not(IsEmpty()));
  profiles_->Erase("ann", kNow);
  EXPECT_THAT(FilesWith(key, folder_), IsEmpty());
  profiles_->Rotate(kNow + 10);
  EXPECT_THAT(FilesWith(key, folder_), IsEmpty());
}

// A kill may have come after the erasure was in the log and before profiles had it; these may be lost as a whole.
TEST_F(ErasureTest, ProfilesAreMadeAgainFromALogOfWhichKeysAreDestroyed) {
  Open();
  profiles_->Record({TellingEvent("visitor", 1), TellingEvent("ann", 2), TellingEvent("bob", 3)}, kNow);
  profiles_->Record({Identification{"ann", "visitor", std::nullopt}}, kNow);
  profiles_->Erase("visitor", kNow);
  profiles_->Record({TellingEvent("ann", 4)}, kNow);
  profiles_.reset();
  std::filesystem::remove_all(folder_ / "profiles");
  Open();
  EXPECT_TRUE(profiles_->WasErased("ann"));
  EXPECT_TRUE(profiles_->WasErased("visitor"));
  EXPECT_EQ(profiles_->KnownAs("visitor"), std::nullopt);
  for (const char* user : {"ann", "bob"}) {
    EXPECT_EQ(profiles_->Find(user)->activity[static_cast<int>(EventKind::kSearch)].events, 1) << user;
  }
  EXPECT_EQ(profiles_->Export("ann").entries.events.size(), 1);
}

// The identification itself cannot be read any more when the segment is rotated.
TEST_F(ErasureTest, RowsOfAVisitorGoWithTheShopper) {
  Open();
  profiles_->Record({TellingEvent("visitor", 1)}, kNow);
  profiles_->Rotate(kNow + 10);
  profiles_->Record({Identification{"ann", "visitor", std::nullopt}}, kNow + 10);
  profiles_->Erase("ann", kNow + 10);
  profiles_->Rotate(kNow + 20);
  EXPECT_THAT(FilesWithTail("visitor"), IsEmpty());
  EXPECT_THAT(FilesWithTail("ann"), IsEmpty());
}

// Records and erases shoppers one after the other and says whose receipts it has.
void EraseUntilKilled(const std::filesystem::path& folder, const std::string& name, int receipts) {
  LiveProfiles profiles(SettingsIn(folder), MadeEventFiles());
  std::jthread rotation([&](const std::stop_token& stop) {
    for (std::int64_t time = kNow; !stop.stop_requested(); time += 10) profiles.Rotate(time);
  });
  for (int number = 0;; ++number) {
    const std::string user = name + "-" + std::to_string(number) + "-of-many";
    profiles.Record({TellingEvent(user, 1), TellingEvent(user, 2), MadeConsent(user, 15, kNow)}, kNow);
    if (number % 3 == 0) continue;  // who stays
    profiles.Erase(user, kNow);
    const std::string line = user + "\n";
    if (write(receipts, line.data(), line.size()) < 0) std::abort();
  }
}

void ExpectErased(const std::filesystem::path& folder, const std::vector<std::string>& erased) {
  LiveProfiles profiles(SettingsIn(folder), MadeEventFiles());
  profiles.Rotate(kNow);
  profiles.Rotate(kNow + 10);
  for (const std::string& user : erased) {
    EXPECT_THAT(FilesWith(user, folder), IsEmpty()) << user;
    EXPECT_THAT(FilesWith(TailOf(profiles.NameOf(user)), folder), IsEmpty()) << user;
    EXPECT_TRUE(profiles.WasErased(user)) << user;
  }
}

// Of each round the last receipts are looked for, whose work a kill may have cut off.
void SurviveKills(int kills) {
  const ScratchDirectory scratch;
  const std::filesystem::path folder = scratch / "events";
  std::mt19937 random(20240301);
  std::size_t receipts = 0;
  for (int round = 0; round < kills && !::testing::Test::HasFailure(); ++round) {
    const std::chrono::microseconds life(20000 + random() % 100000);
    const std::vector<std::string> erased =
        LinesUntilKilled([&](int lines) { EraseUntilKilled(folder, "r" + std::to_string(round), lines); },
                         LifeBegins::kAtFirstLine, life);
    receipts += erased.size();
    const std::size_t looked_for = std::min<std::size_t>(erased.size(), 20);
    const std::vector<std::string> last(erased.end() - static_cast<std::ptrdiff_t>(looked_for), erased.end());
    ASSERT_EQ(StatusOfFork([&] { ExpectErased(folder, last); }), 0) << "after kill " << round;
  }
  EXPECT_GE(receipts, static_cast<std::size_t>(kills));
}

TEST(ErasureCrashTest, SurvivesFiveKills) {
  SurviveKills(5);
}

TEST(ErasureCrashSlowTest, SurvivesAHundredKills) {
  SurviveKills(100);
}

}  // namespace
}  // namespace shortlist::profile
