#include "serve/workers.h"

#include <atomic>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

TEST(Workers, RunsOnTheCallerWithoutThreads) {
  Workers workers(0, 0);
  std::thread::id ran_on;
  EXPECT_TRUE(workers.TryRun([&] { ran_on = std::this_thread::get_id(); }));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Workers, FinishesEveryAcceptedTaskBeforeItIsGone) {
  std::atomic<int> ran = 0;
  {
    Workers workers(3, 1000);
    for (int i = 0; i < 500; ++i) EXPECT_TRUE(workers.TryRun([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 500);
}

TEST(Workers, RefusesWhatItHasNoRoomFor) {
  std::latch started(1);
  std::latch release(1);
  std::atomic<int> ran = 0;
  {
    Workers workers(1, 2);
    EXPECT_TRUE(workers.TryRun([&] {
      started.count_down();
      release.wait();
    }));
    started.wait();
    EXPECT_TRUE(workers.TryRun([&] { ++ran; }));
    EXPECT_TRUE(workers.TryRun([&] { ++ran; }));
    EXPECT_FALSE(workers.TryRun([&] { ++ran; }));
    release.count_down();
  }
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace shortlist::serve
