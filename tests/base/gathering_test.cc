#include "base/gathering.h"

#include <atomic>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

struct Addition {
  int number = 0;
  int sum = 0;  // of all numbers up to this one
};

TEST(GatheringTest, DoesEveryJobOnceAndOneGroupAtATime) {
  constexpr int kThreads = 8;
  constexpr int kJobs = 500;
  int sum = 0;  // unguarded: two groups at a time would race
  std::atomic<int> answered = 0;
  Gathering<Addition> gathering([&](std::span<Addition* const> jobs) {
    for (Addition* job : jobs) job->sum = sum += job->number;
  });
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < kJobs; ++i) {
        Addition job{1};
        gathering.Run(job);
        if (job.sum > 0) ++answered;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(sum, kThreads * kJobs);
  EXPECT_EQ(answered, kThreads * kJobs);
}

TEST(GatheringTest, WhoeverCameMeanwhileIsServedTogether) {
  std::latch first_works(1);
  std::latch may_end(1);
  std::vector<std::size_t> groups;
  Gathering<Addition> gathering([&](std::span<Addition* const> jobs) {
    groups.push_back(jobs.size());
    if (groups.size() > 1) return;
    first_works.count_down();
    may_end.wait();
  });
  const auto run = [&] {
    Addition job;
    gathering.Run(job);
  };
  {
    std::jthread first(run);
    first_works.wait();
    std::jthread second(run);
    std::jthread third(run);
    while (gathering.waiting() < 2) std::this_thread::yield();
    may_end.count_down();
  }
  EXPECT_EQ(groups, (std::vector<std::size_t>{1, 2}));
}

}  // namespace
}  // namespace shortlist::base
