#include "serve/workers.h"

#include <algorithm>
#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;

// A task that is under way until it is released.
class HeldTask {
 public:
  std::unique_ptr<Task> Hold() {
    return MakeTask([this] {
      started_.count_down();
      release_.wait();
    });
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
    for (int i = 0; i < 500; ++i) EXPECT_TRUE(workers.TryRun(MakeTask([&] { ++ran; })));
  }
  EXPECT_EQ(ran, 500);
}

TEST(Workers, RefusesWhatItHasNoRoomFor) {
  HeldTask held;
  std::atomic<int> ran = 0;
  {
    Workers workers({.threads = 1, .most_waiting = 2, .most_direct = 0});
    EXPECT_TRUE(workers.TryRun(held.Hold()));
    held.WaitUntilStarted();
    EXPECT_TRUE(workers.TryRun(MakeTask([&] { ++ran; })));
    EXPECT_TRUE(workers.TryRun(MakeTask([&] { ++ran; })));
    EXPECT_EQ(workers.waiting(), 2U);
    EXPECT_FALSE(workers.TryRun(MakeTask([&] { ++ran; })));
    held.Release();
  }
  EXPECT_EQ(ran, 2);
}

TEST(Workers, RunsOnTheCallersThreadAsLongAsFewDo) {
  HeldTask held;
  std::thread::id ran_on;
  Workers workers({.threads = 1, .most_waiting = 10, .most_direct = 1});
  EXPECT_TRUE(workers.TryRun(MakeTask([&] { ran_on = std::this_thread::get_id(); })));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  std::jthread caller([&] { EXPECT_TRUE(workers.TryRun(held.Hold())); });
  held.WaitUntilStarted();
  std::latch ran(1);
  EXPECT_TRUE(workers.TryRun(MakeTask([&] {
    ran_on = std::this_thread::get_id();
    ran.count_down();
  })));
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
    std::jthread caller([&] { EXPECT_TRUE(workers.TryRun(held.Hold())); });
    held.WaitUntilStarted();
    EXPECT_TRUE(workers.TryRun(on_worker.Hold()));
    on_worker.WaitUntilStarted();
    EXPECT_TRUE(workers.TryRun(MakeTask([] {})));  // waits
    held.Release();
    caller.join();
    EXPECT_TRUE(workers.TryRun(MakeTask([&] { ran_on = std::this_thread::get_id(); })));
    on_worker.Release();
  }
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

// Adds numbers to a list, with those of tasks that it takes over.
class Listing final : public Task {
 public:
  Listing(int number, std::size_t most, std::vector<std::vector<int>>& lists)
      : numbers_{number}, most_(most), lists_(lists) {}

  void Run() override { lists_.push_back(numbers_); }
  bool GainsFromOthers() const override { return most_ > 1; }
  bool TakeOver(Task& waiting) override {
    const auto* const other = dynamic_cast<Listing*>(&waiting);
    if (other == nullptr || numbers_.size() >= most_) return false;
    numbers_.push_back(other->numbers_.front());
    return true;
  }

 private:
  std::vector<int> numbers_;
  std::size_t most_;
  std::vector<std::vector<int>>& lists_;
};

// What becomes of seven tasks that wait for one worker, the fourth of which is of another kind.
std::vector<std::vector<int>> ListsOfSeven(std::size_t most) {
  std::vector<std::vector<int>> lists;
  HeldTask held;
  Workers workers({.threads = 1, .most_waiting = 7, .most_direct = 0});
  EXPECT_TRUE(workers.TryRun(held.Hold()));
  held.WaitUntilStarted();
  for (int number = 1; number <= 7; ++number) {
    auto task = number == 4 ? MakeTask([&] { lists.push_back({4}); })
                            : std::unique_ptr<Task>(std::make_unique<Listing>(number, most, lists));
    EXPECT_TRUE(workers.TryRun(std::move(task)));
  }
  std::latch done(1);
  held.Release();
  while (workers.waiting() > 0) std::this_thread::yield();
  EXPECT_TRUE(workers.TryRun(MakeTask([&] { done.count_down(); })));
  done.wait();
  return lists;
}

TEST(Workers, LetsATaskTakeOverWhatItGainsFrom) {
  EXPECT_THAT(ListsOfSeven(100), ElementsAre(ElementsAre(1, 2, 3, 5, 6, 7), ElementsAre(4)));
}

TEST(Workers, LeavesWhatATaskDoesNotTakeOverInItsOrder) {
  EXPECT_THAT(ListsOfSeven(2), ElementsAre(ElementsAre(1, 2), ElementsAre(3, 5), ElementsAre(4), ElementsAre(6, 7)));
  EXPECT_THAT(ListsOfSeven(1), ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4),
                                           ElementsAre(5), ElementsAre(6), ElementsAre(7)));
}

TEST(Workers, LeavesOtherThreadsTheirShare) {
  std::vector<std::vector<int>> lists;
  HeldTask one;
  HeldTask other;
  Workers workers({.threads = 2, .most_waiting = 6, .most_direct = 0});
  for (HeldTask* held : {&one, &other}) {
    EXPECT_TRUE(workers.TryRun(held->Hold()));
    held->WaitUntilStarted();
  }
  for (int number = 1; number <= 6; ++number)
    EXPECT_TRUE(workers.TryRun(std::make_unique<Listing>(number, 100, lists)));
  one.Release();
  while (workers.waiting() > 0) std::this_thread::yield();
  std::latch done(1);
  EXPECT_TRUE(workers.TryRun(MakeTask([&] { done.count_down(); })));
  done.wait();
  EXPECT_THAT(lists, ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5), ElementsAre(6)));
  other.Release();
}

TEST(Workers, RunsEveryTaskOnceWhenManyThreadsTakeOver) {
  constexpr int kPerCaller = 2000;
  std::mutex mutex;
  std::vector<std::vector<int>> lists;
  class Locked final : public Task {
   public:
    Locked(Listing* listing, std::mutex& mutex) : listing_(listing), mutex_(mutex) {}
    void Run() override {
      const std::lock_guard lock(mutex_);
      listing_->Run();
    }
    bool GainsFromOthers() const override { return true; }
    bool TakeOver(Task& waiting) override { return listing_->TakeOver(*dynamic_cast<Locked&>(waiting).listing_); }

   private:
    std::unique_ptr<Listing> listing_;
    std::mutex& mutex_;
  };
  {
    Workers workers({.threads = 3, .most_waiting = 1 << 20, .most_direct = 1});
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 3; ++caller) {
      callers.emplace_back([&, caller] {
        for (int i = 0; i < kPerCaller; ++i) {
          const int number = caller * kPerCaller + i;
          EXPECT_TRUE(workers.TryRun(std::make_unique<Locked>(new Listing(number, 16, lists), mutex)));
        }
      });
    }
  }
  std::vector<int> all;
  for (const std::vector<int>& list : lists) all.insert(all.end(), list.begin(), list.end());
  std::ranges::sort(all);
  ASSERT_EQ(all.size(), 3U * kPerCaller);
  for (int number = 0; number < 3 * kPerCaller; ++number) ASSERT_EQ(all[static_cast<std::size_t>(number)], number);
}

}  // namespace
}  // namespace shortlist::serve
