#include "serve/workers.h"

#include <atomic>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

// A task that is under way until it is released.
class HeldTask {
 public:
  std::function<void()> Task() {
    return [this] {
      started_.count_down();
      release_.wait();
    };
  }
  void WaitUntilStarted() const { started_.wait(); }
  void Release() { release_.count_down(); }

 private:
  std::latch started_{1};
  std::latch release_{1};
};

TEST(Workers, FinishesEveryAcceptedTaskBeforeItIsGone) {
  std::atomic<int> ran = 0;
  {
    Workers workers({.threads = 3, .most_waiting = 1000, .most_direct = 0});
    for (int i = 0; i < 500; ++i) EXPECT_TRUE(workers.TryRun([&] { ++ran; }));
  }
  EXPECT_EQ(ran, 500);
}

TEST(Workers, RefusesWhatItHasNoRoomFor) {
  HeldTask held;
  std::atomic<int> ran = 0;
  {
    Workers workers({.threads = 1, .most_waiting = 2, .most_direct = 0});
    EXPECT_TRUE(workers.TryRun(held.Task()));
    held.WaitUntilStarted();
    EXPECT_TRUE(workers.TryRun([&] { ++ran; }));
    EXPECT_TRUE(workers.TryRun([&] { ++ran; }));
    EXPECT_EQ(workers.waiting(), 2U);
    EXPECT_FALSE(workers.TryRun([&] { ++ran; }));
    held.Release();
  }
  EXPECT_EQ(ran, 2);
}

TEST(Workers, RunsOnTheCallersThreadAsLongAsFewDo) {
  HeldTask held;
  std::thread::id ran_on;
  Workers workers({.threads = 1, .most_waiting = 10, .most_direct = 1});
  EXPECT_TRUE(workers.TryRun([&] { ran_on = std::this_thread::get_id(); }));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  std::jthread caller([&] { EXPECT_TRUE(workers.TryRun(held.Task())); });
  held.WaitUntilStarted();
  std::latch ran(1);
  EXPECT_TRUE(workers.TryRun([&] {
    ran_on = std::this_thread::get_id();
    ran.count_down();
  }));
  ran.wait();
  EXPECT_NE(ran_on, std::this_thread::get_id());
  held.Release();
}

TEST(Workers, OvertakesNobodyWhoWaits) {
  HeldTask held;
  HeldTask on_worker;
  std::thread::id ran_on;
  {
    Workers workers({.threads = 1, .most_waiting = 10, .most_direct = 1});
    std::jthread caller([&] { EXPECT_TRUE(workers.TryRun(held.Task())); });
    held.WaitUntilStarted();
    EXPECT_TRUE(workers.TryRun(on_worker.Task()));
    on_worker.WaitUntilStarted();
    EXPECT_TRUE(workers.TryRun([] {}));  // waits
    held.Release();
    caller.join();
    EXPECT_TRUE(workers.TryRun([&] { ran_on = std::this_thread::get_id(); }));
    on_worker.Release();
  }
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

}  // namespace
}  // namespace shortlist::serve
