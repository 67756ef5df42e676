#include "base/periodic.h"

#include <atomic>
#include <chrono>
#include <latch>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

TEST(Periodic, WorksAgainAndAgain) {
  std::latch three_times(3);
  std::atomic<int> left = 3;
  const Periodic periodic(std::chrono::milliseconds(1), [&] {
    if (left.fetch_sub(1) > 0) three_times.count_down();
  });
  three_times.wait();
}

TEST(Periodic, EndsWithoutWaitingForTheInterval) {
  std::atomic<int> times = 0;
  {
    const Periodic periodic(std::chrono::hours(1), [&] { ++times; });
  }
  EXPECT_EQ(times, 0);
}

}  // namespace
}  // namespace shortlist::base
