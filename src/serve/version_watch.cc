#include "serve/version_watch.h"

#include <algorithm>
#include <chrono>

#include "base/thread_priority.h"

namespace shortlist::serve {
namespace {

using Clock = std::chrono::steady_clock;  // which does not jump

constexpr std::chrono::milliseconds kLongestRest(1000);
// While a retired version waits for its last answer.
constexpr std::chrono::milliseconds kShortRest(50);

}  // namespace

VersionWatch::VersionWatch(ModelVersions& versions, double poll_seconds)
    : versions_(versions), poll_seconds_(poll_seconds), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void VersionWatch::Run(const std::stop_token& stop) {
  base::LowerThreadPriority();
  const auto period = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(poll_seconds_));
  Clock::time_point next = Clock::now() + period;
  while (!stop.stop_requested()) {
    const auto rest = versions_.FreeRetired() > 0 ? kShortRest : kLongestRest;
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, std::min(next, Clock::now() + rest), [] { return false; });
    if (stop.stop_requested() || Clock::now() < next) continue;
    versions_.Refresh();
    next = Clock::now() + period;
  }
}

}  // namespace shortlist::serve
