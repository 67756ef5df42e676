// A piece of work that is done again and again beside everything else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace shortlist::base {

class Periodic {
 public:
  // Calls `work`, which must not throw, on a thread of its own, first when `interval` has passed.
  Periodic(std::chrono::milliseconds interval, std::function<void()> work);
  // Waits for work under way, not for the interval.
  ~Periodic() = default;
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void Run(const std::stop_token& stop);

  std::chrono::milliseconds interval_;
  std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last, so that it ends before what it uses
};

}  // namespace shortlist::base
