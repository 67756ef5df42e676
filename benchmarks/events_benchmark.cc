// Events that a server can make durable: batches from several callers at once into the log and the profiles, each
// acknowledged after a flush of the disk.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>

#include "profile/live_profiles.h"

namespace shortlist::profile {
namespace {

constexpr int kShoppers = 20000;
constexpr int kItems = 50000;
constexpr std::int64_t kNow = 1700000000;

std::filesystem::path Folder() {
  return std::filesystem::temp_directory_path() / ("shortlist_events_benchmark." + std::to_string(getpid()));
}

LiveEventSettings SettingsIn(const std::filesystem::path& folder) {
  LiveEventSettings settings;
  settings.directory = folder;
  return settings;
}

class Events : public benchmark::Fixture {
 public:
  void SetUp(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    std::filesystem::remove_all(Folder());
    profiles_ = std::make_unique<LiveProfiles>(SettingsIn(Folder()), EventFiles{[](const auto&, auto) {}, {}, {}, {}});
  }
  void TearDown(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    profiles_.reset();
    std::filesystem::remove_all(Folder());
    std::filesystem::remove(Folder() += ".key");
  }

 protected:
  std::vector<Entry> NextBatch(std::int64_t size) {
    std::vector<Entry> batch;
    for (std::int64_t i = 0; i < size; ++i) {
      const std::uint64_t number = next_++;
      Event event;
      event.id = "event-" + std::to_string(number);
      event.user = "shopper-" + std::to_string(number * 7919 % kShoppers);
      event.item = "item-" + std::to_string(number * 104729 % kItems);
      event.time = kNow;
      event.device = "phone";
      batch.emplace_back(std::move(event));
    }
    return batch;
  }

  std::unique_ptr<LiveProfiles> profiles_;  // of all threads, as the fixture is
  std::atomic<std::uint64_t> next_ = 0;
};

BENCHMARK_DEFINE_F(Events, Record)(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(profiles_->Record(NextBatch(state.range(0)), kNow));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_REGISTER_F(Events, Record)->Arg(1)->Arg(100)->Arg(1000)->Threads(1)->Threads(16)->UseRealTime();

}  // namespace
}  // namespace shortlist::profile
