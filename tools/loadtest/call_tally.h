// What became of the calls of a load test.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "loadtest/latency_histogram.h"

namespace shortlist::tools {

using LoadClock = std::chrono::steady_clock;

// The times that are measured: from the end of the warm-up on. Calls meant for then count.
struct MeasuredWindow {
  LoadClock::time_point begin;
  LoadClock::time_point end;

  bool Holds(LoadClock::time_point time) const { return begin <= time && time < end; }
};

// Thread-safe.
class CallTally {
 public:
  explicit CallTally(MeasuredWindow window) : window_(window) {}

  void Sent(LoadClock::time_point intended, LoadClock::time_point now);
  // `code` is a gRPC status code.
  void Ended(int code, LoadClock::time_point intended, LoadClock::time_point now);

  // Of all calls, with those of the warm-up.
  std::int64_t ended() const { return ended_; }
  std::int64_t succeeded() const { return succeeded_; }
  // Of the measured calls only.
  std::int64_t measured_failures() const;
  std::map<std::string, std::int64_t> CallsByCode() const;
  const LatencyHistogram& latencies() const { return latencies_; }  // those with status OK
  const LatencyHistogram& lags() const { return lags_; }

 private:
  static constexpr int kCodes = 17;

  MeasuredWindow window_;
  std::atomic<std::int64_t> ended_ = 0;
  std::atomic<std::int64_t> succeeded_ = 0;
  std::array<std::atomic<std::int64_t>, kCodes> by_code_ = {};
  LatencyHistogram latencies_;
  LatencyHistogram lags_;
};

}  // namespace shortlist::tools
