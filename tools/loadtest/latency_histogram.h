// Counts of latencies in buckets that are narrow relative to their values.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace shortlist::tools {

// Every power of two is divided into 128 equal buckets, as in HdrHistogram (Tene, hdrhistogram.org), so that any
// latency is known to within 1/128 of itself. Takes 60 KB. Recording is lock-free and thread-safe; reading is
// thread-safe and sees a state of the moment.
class LatencyHistogram {
 public:
  LatencyHistogram();

  // A negative latency counts as none.
  void Record(std::chrono::nanoseconds latency);

  std::int64_t count() const;
  std::chrono::nanoseconds max() const;
  std::chrono::nanoseconds Mean() const;
  // The latency that a share of the values, above 0 and up to 1, does not exceed; 0 without values.
  std::chrono::nanoseconds Quantile(double share) const;

 private:
  std::vector<std::atomic<std::int64_t>> counts_;
  std::atomic<std::int64_t> count_ = 0;
  std::atomic<std::int64_t> sum_ = 0;
  std::atomic<std::int64_t> max_ = 0;
};

}  // namespace shortlist::tools
