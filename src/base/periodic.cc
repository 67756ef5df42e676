#include "base/periodic.h"

#include <utility>

namespace shortlist::base {

Periodic::Periodic(std::chrono::milliseconds interval, std::function<void()> work)
    : interval_(interval), work_(std::move(work)), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Periodic::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, interval_, [] { return false; });
    if (!stop.stop_requested()) work_();
  }
}

}  // namespace shortlist::base
