#include "loadtest/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace shortlist::tools {
namespace {

constexpr int kDivisionBits = 7;
constexpr std::uint64_t kDivisions = 1U << kDivisionBits;
constexpr std::size_t kBuckets = (64 - kDivisionBits) * kDivisions;

// Values below 2 * kDivisions have a bucket each; above, the leading kDivisionBits + 1 bits choose it.
int DroppedBits(std::uint64_t value) {
  return std::max(0, static_cast<int>(std::bit_width(value)) - kDivisionBits - 1);
}

std::size_t BucketOf(std::uint64_t value) {
  const int dropped = DroppedBits(value);
  return static_cast<std::size_t>(dropped) * kDivisions + static_cast<std::size_t>(value >> dropped);
}

// The largest value that falls into the bucket.
std::uint64_t LargestOf(std::size_t bucket) {
  if (bucket < 2 * kDivisions) return bucket;
  const std::uint64_t dropped = bucket / kDivisions - 1;
  const std::uint64_t leading = bucket - dropped * kDivisions;
  return ((leading + 1) << dropped) - 1;
}

void RaiseTo(std::atomic<std::int64_t>& most, std::int64_t value) {
  std::int64_t seen = most.load(std::memory_order_relaxed);
  while (seen < value && !most.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

}  // namespace

LatencyHistogram::LatencyHistogram() : counts_(kBuckets) {}

void LatencyHistogram::Record(std::chrono::nanoseconds latency) {
  const std::int64_t value = std::max<std::int64_t>(0, latency.count());
  counts_[BucketOf(static_cast<std::uint64_t>(value))].fetch_add(1, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
  RaiseTo(max_, value);
}

std::int64_t LatencyHistogram::count() const {
  return count_.load(std::memory_order_relaxed);
}

std::chrono::nanoseconds LatencyHistogram::max() const {
  return std::chrono::nanoseconds(max_.load(std::memory_order_relaxed));
}

std::chrono::nanoseconds LatencyHistogram::Mean() const {
  const std::int64_t values = count();
  return std::chrono::nanoseconds(values == 0 ? 0 : sum_.load(std::memory_order_relaxed) / values);
}

std::chrono::nanoseconds LatencyHistogram::Quantile(double share) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count())));
  std::int64_t passed = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    passed += counts_[bucket].load(std::memory_order_relaxed);
    if (passed > 0 && passed >= wanted) {
      return std::min(max(), std::chrono::nanoseconds(static_cast<std::int64_t>(LargestOf(bucket))));
    }
  }
  return max();
}

}  // namespace shortlist::tools
