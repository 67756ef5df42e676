// Fifty swaps of versions under steady load: of made bundles, or of links to the one that SHORTLIST_SWAP_BUNDLE names.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "faults/load.h"
#include "faults/served_models.h"

namespace shortlist::faults {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// From the moment that a version appears until the one before it is freed.
using Window = std::pair<Clock::time_point, Clock::time_point>;

class Swaps : public ServedModels {
 protected:
  void PrepareVersion(const std::string& name) const {
    const char* bundle = std::getenv("SHORTLIST_SWAP_BUNDLE");
    if (bundle == nullptr) {
      Prepare(name);
    } else {
      fs::copy(bundle, folder_.path() / name, fs::copy_options::recursive | fs::copy_options::create_hard_links);
    }
  }

  // Makes a version appear and waits until it serves; the copy counts as a version of its own.
  Window Swap(int number) {
    const std::string name = "v" + std::to_string(number);
    const Clock::time_point start = Clock::now();
    fs::rename(folder_.path() / name, models() / name);
    Await(name + " serves", [&] { return Stable() == name; });
    return {start, Clock::now() + milliseconds(100)};
  }

  static bool Within(const std::vector<Window>& windows, const CallRecord& record) {
    return std::ranges::any_of(
        windows, [&](const Window& window) { return record.end >= window.first && record.due <= window.second; });
  }

  // Prints how the calls during swaps compare with the others.
  static void Report(const std::vector<CallRecord>& records, const std::vector<Window>& windows) {
    std::vector<double> during;
    std::vector<double> steady;
    for (const CallRecord& record : records)
      (Within(windows, record) ? during : steady).push_back(record.milliseconds());
    const double p99_during = Percentile(during, 0.99);
    const double p99_steady = Percentile(steady, 0.99);
    std::printf("calls: %zu during swaps, %zu between; p50 %.2f and %.2f ms; p99 %.2f and %.2f ms, ratio %.2f\n",
                during.size(), steady.size(), Percentile(during, 0.5), Percentile(steady, 0.5), p99_during, p99_steady,
                p99_during / p99_steady);
  }

  void ExpectSwapsWithoutAFailure(int swaps, milliseconds pause, double calls_per_second) {
    for (int number = 2; number < 2 + swaps; ++number) PrepareVersion("v" + std::to_string(number));
    Serve();
    Load load({.address = address(), .calls_per_second = calls_per_second});
    std::this_thread::sleep_for(pause);
    std::vector<Window> windows;
    for (int number = 2; number < 2 + swaps; ++number) {
      windows.push_back(Swap(number));
      std::this_thread::sleep_for(pause);
    }
    const std::vector<CallRecord> records = load.Stop();
    for (const CallRecord& record : records) EXPECT_EQ(record.code, grpc::StatusCode::OK) << record.message;
    EXPECT_GE(records.size(), static_cast<std::size_t>(swaps));
    Report(records, windows);
  }
};

TEST_F(Swaps, FiveUnderLoadFailNoCall) {
  ExpectSwapsWithoutAFailure(5, milliseconds(50), 100);
}

using SwapsSlowTest = Swaps;

TEST_F(SwapsSlowTest, FiftyUnderLoadFailNoCall) {
  ExpectSwapsWithoutAFailure(50, milliseconds(700), 200);
}

}  // namespace
}  // namespace shortlist::faults
