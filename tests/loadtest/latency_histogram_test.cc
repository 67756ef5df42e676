#include "loadtest/latency_histogram.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::tools {
namespace {

using std::chrono::nanoseconds;

TEST(LatencyHistogramTest, IsEmptyAtFirst) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Quantile(.99), nanoseconds(0));
  EXPECT_EQ(histogram.Mean(), nanoseconds(0));
}

TEST(LatencyHistogramTest, KnowsEveryLatencyToWithinOnePartIn128) {
  for (std::int64_t value = 1; value < (std::int64_t{1} << 62); value += value / 3 + 1) {
    LatencyHistogram histogram;
    histogram.Record(nanoseconds(value));
    histogram.Record(nanoseconds(std::int64_t{1} << 62));
    const std::int64_t found = histogram.Quantile(.5).count();
    EXPECT_GE(found, value);
    EXPECT_LE(found - value, value / 128);
  }
}

TEST(LatencyHistogramTest, CountsShares) {
  LatencyHistogram histogram;
  for (int value = 1; value <= 100; ++value) histogram.Record(nanoseconds(value));
  EXPECT_EQ(histogram.Quantile(.5), nanoseconds(50));
  EXPECT_EQ(histogram.Quantile(.99), nanoseconds(99));
  EXPECT_EQ(histogram.Quantile(.991), nanoseconds(100));
  EXPECT_EQ(histogram.Quantile(1), nanoseconds(100));
  EXPECT_EQ(histogram.max(), nanoseconds(100));
  EXPECT_EQ(histogram.Mean(), nanoseconds(50));
}

TEST(LatencyHistogramTest, NeverExceedsTheLargestLatency) {
  LatencyHistogram histogram;
  histogram.Record(nanoseconds(1'000'000'007));
  EXPECT_EQ(histogram.Quantile(1), nanoseconds(1'000'000'007));
}

TEST(LatencyHistogramTest, CountsNegativeLatenciesAsNone) {
  LatencyHistogram histogram;
  histogram.Record(nanoseconds(-5));
  EXPECT_EQ(histogram.count(), 1);
  EXPECT_EQ(histogram.max(), nanoseconds(0));
}

TEST(LatencyHistogramTest, LosesNothingThatThreadsRecordAtOnce) {
  LatencyHistogram histogram;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&histogram, thread] {
      for (int i = 0; i < 1000; ++i) histogram.Record(nanoseconds(100 * thread + i % 100));
    });
  }
  threads.clear();
  EXPECT_EQ(histogram.count(), 4000);
  EXPECT_EQ(histogram.max(), nanoseconds(399));
}

}  // namespace
}  // namespace shortlist::tools
