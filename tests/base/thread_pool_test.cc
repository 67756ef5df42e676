#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

class ThreadPoolTest : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, ThreadPoolTest, ::testing::Values(1, 2, 7));

std::set<std::pair<std::int64_t, std::int64_t>> Ranges(ThreadPool& pool, std::int64_t count, std::int64_t grain) {
  std::mutex mutex;
  std::set<std::pair<std::int64_t, std::int64_t>> ranges;
  pool.ParallelFor(count, grain, [&](std::int64_t begin, std::int64_t end) {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(ranges.emplace(begin, end).second);
  });
  return ranges;
}

TEST_P(ThreadPoolTest, CoversEveryIndexOnce) {
  ThreadPool pool(GetParam());
  EXPECT_EQ(pool.threads(), GetParam());
  std::vector<std::atomic<int>> visits(10007);
  pool.ParallelFor(10007, 13, [&](std::int64_t begin, std::int64_t end) {
    EXPECT_LE(end - begin, 13);
    for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
  });
  EXPECT_TRUE(std::all_of(visits.begin(), visits.end(), [](const auto& count) { return count == 1; }));
}

TEST_P(ThreadPoolTest, TheSplitDoesNotDependOnTheThreads) {
  ThreadPool pool(GetParam());
  ThreadPool alone(1);
  for (const std::int64_t count : {1, 5, 100}) {
    for (const std::int64_t grain : {0, 1, 7, 1000}) EXPECT_EQ(Ranges(pool, count, grain), Ranges(alone, count, grain));
  }
}

TEST_P(ThreadPoolTest, NothingToDoIsNothing) {
  ThreadPool pool(GetParam());
  pool.ParallelFor(0, 1, [](std::int64_t, std::int64_t) { FAIL(); });
  pool.ParallelFor(-3, 1, [](std::int64_t, std::int64_t) { FAIL(); });
}

TEST_P(ThreadPoolTest, RethrowsAndStaysUsable) {
  ThreadPool pool(GetParam());
  for (int round = 0; round < 50; ++round) {
    EXPECT_THROW(pool.ParallelFor(100, 1,
                                  [](std::int64_t begin, std::int64_t) {
                                    if (begin == 37) throw std::runtime_error("37");
                                  }),
                 std::runtime_error);
    EXPECT_EQ(Ranges(pool, 10, 1).size(), 10);
  }
}

TEST_P(ThreadPoolTest, ManyShortLoops) {
  ThreadPool pool(GetParam());
  std::atomic<std::int64_t> sum = 0;
  for (int round = 0; round < 5000; ++round) {
    pool.ParallelFor(4, 1, [&](std::int64_t begin, std::int64_t end) { sum += end - begin; });
  }
  EXPECT_EQ(sum, 20000);
}

TEST(ThreadPoolDefaultTest, ZeroMeansOneThreadPerCore) {
  EXPECT_EQ(ThreadPool(0).threads(), static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
}

}  // namespace
}  // namespace shortlist::base
