// kill -9 at any instant: what was acknowledged is there exactly once, and profiles are what a replay makes of it.
#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/forked.h"
#include "profile/live_profiles.h"
#include "profile/made_events.h"
#include "profile/rocks_profile_store.h"

namespace shortlist::profile {
namespace {

constexpr int kWriters = 4;
constexpr int kShoppers = 7;
constexpr std::int64_t kNow = 1700000000;

LiveEventSettings SettingsIn(const std::filesystem::path& folder) {
  LiveEventSettings settings;
  settings.directory = folder;
  settings.rotate_seconds = 1;
  settings.max_events = 30;
  return settings;
}

std::string ShopperOf(std::mt19937& random) {
  return "shopper-" + std::to_string(random() % kShoppers);
}

// Batches of new events and some of the last ones again. Tells `acknowledgments` of the new ones, a line each, once
// they are acknowledged.
void WriteWithoutEnd(LiveProfiles& profiles, const std::string& name, int acknowledgments) {
  std::mt19937 random(std::hash<std::string>()(name));
  std::vector<Entry> last;
  for (int number = 0;;) {
    std::vector<Entry> batch(last.begin(), last.begin() + static_cast<std::ptrdiff_t>(last.size() / 2));
    const std::size_t repeated = batch.size();
    std::string lines;
    for (std::uint32_t i = random() % 5; i <= 5; ++i) {
      const std::string id = name + "." + std::to_string(number++);
      batch.emplace_back(MadeEvent(id, ShopperOf(random), "item-" + std::to_string(random() % 50),
                                   kNow - static_cast<std::int64_t>(random() % 1000)));
      lines += id + "\n";
    }
    const std::vector<Recorded> outcomes = profiles.Record(batch, kNow);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (outcomes[i] != (i < repeated ? Recorded::kDuplicate : Recorded::kDone)) std::abort();
    }
    if (write(acknowledgments, lines.data(), lines.size()) < 0) std::abort();
    last = std::move(batch);
  }
}

void WriteUntilKilled(const std::filesystem::path& folder, const std::string& name, int acknowledgments) {
  LiveProfiles profiles(SettingsIn(folder), MadeEventFiles());
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] { WriteWithoutEnd(profiles, name + std::to_string(writer), acknowledgments); });
  }
  for (std::int64_t time = kNow;; time += 10) {
    profiles.Rotate(time);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

KeyedIds NamesOf(const std::filesystem::path& folder) {
  return KeyedIds(base::SecretKey::FromFile(folder.string() + ".key"));
}

// Everything that was ever recorded, by its place in the log.
std::map<std::uint64_t, Event> ReadAll(const std::filesystem::path& folder) {
  std::map<std::uint64_t, Event> events;
  for (const auto& file : std::filesystem::directory_iterator(folder / "lake" / "events")) {
    std::uint64_t sequence = std::stoull(file.path().stem().string());
    for (const Event& event : ReadMadeFile(file.path())) {
      EXPECT_TRUE(events.emplace(sequence, event).second) << sequence;
      ++sequence;
    }
  }
  EventLog(folder, NamesOf(folder).LogSecret()).Replay(1, [&](const LoggedEntry& logged) {
    EXPECT_TRUE(events.emplace(logged.sequence, std::get<Event>(logged.entry)).second) << logged.sequence;
  });
  return events;
}

void ExpectExactlyOnce(const std::map<std::uint64_t, Event>& events, const std::set<std::string>& acknowledged,
                       const KeyedIds& names) {
  std::set<std::string> ids;
  for (const auto& [sequence, event] : events) EXPECT_TRUE(ids.insert(event.id).second) << event.id;
  for (const std::string& id : acknowledged) EXPECT_TRUE(ids.contains(names.OfEvent(id))) << id;
  EXPECT_EQ(events.empty() ? 0 : events.rbegin()->first, events.size());
}

void ExpectProfilesOfReplay(const std::filesystem::path& folder, const std::map<std::uint64_t, Event>& events) {
  std::map<std::string, Profile> replayed;
  for (const auto& [sequence, event] : events) Apply(event, sequence, {.max_events = 30}, replayed[event.user]);
  const RocksProfileStore store(folder / "profiles", {.event_id_seconds = 1000000});
  for (const auto& [shopper, profile] : replayed) EXPECT_EQ(store.Find(shopper), profile) << shopper;
}

void Verify(const std::filesystem::path& folder, const std::set<std::string>& acknowledged) {
  LiveProfiles(SettingsIn(folder), MadeEventFiles()).Rotate(kNow);
  const std::map<std::uint64_t, Event> events = ReadAll(folder);
  ExpectExactlyOnce(events, acknowledged, NamesOf(folder));
  ExpectProfilesOfReplay(folder, events);
}

class Crashes {
 public:
  explicit Crashes(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Before every other kill something is acknowledged; the others may come while the writer opens what the last left.
  void KillAndVerify(int round) {
    const auto begins = round % 2 == 0 ? LifeBegins::kAtFirstLine : LifeBegins::kAtOnce;
    for (std::string& id :
         LinesUntilKilled([&](int lines) { WriteUntilKilled(folder_, "r" + std::to_string(round) + ".", lines); },
                          begins, std::chrono::microseconds(random_() % 80000))) {
      acknowledged_.insert(std::move(id));
    }
    ASSERT_EQ(StatusOfFork([&] { Verify(folder_, acknowledged_); }), 0) << "after kill " << round;
  }

  std::size_t acknowledged() const { return acknowledged_.size(); }

 private:
  std::filesystem::path folder_;
  std::mt19937 random_{20240229};
  std::set<std::string> acknowledged_;
};

void SurviveKills(int kills) {
  const ScratchDirectory scratch;
  Crashes crashes(scratch / "events");
  for (int round = 0; round < kills && !::testing::Test::HasFailure(); ++round) crashes.KillAndVerify(round);
  EXPECT_GE(crashes.acknowledged(), static_cast<std::size_t>(kills / 2));
}

TEST(LiveProfilesCrashTest, SurviveTenKills) {
  SurviveKills(10);
}

TEST(LiveProfilesCrashSlowTest, SurviveTwoHundredKills) {
  SurviveKills(200);
}

}  // namespace
}  // namespace shortlist::profile
