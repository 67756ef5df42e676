#include "serve/quota.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

using std::chrono::milliseconds;

class QuotaTest : public ::testing::Test {
 protected:
  static QuotaSettings Settings(double rate, double burst, std::int64_t clients = 100) {
    QuotaSettings settings;
    settings.calls_per_second = rate;
    settings.burst = burst;
    settings.clients = clients;
    return settings;
  }

  // Of `calls` at one moment, those that are let through.
  static int Taken(Quota& quota, const std::string& client, int calls, Quota::Clock::time_point now) {
    int taken = 0;
    for (int call = 0; call < calls; ++call) taken += quota.Take(client, now) ? 1 : 0;
    return taken;
  }

  const Quota::Clock::time_point start_ = Quota::Clock::now();
};

TEST_F(QuotaTest, LetsABurstThroughAndThenTheRate) {
  Quota quota(Settings(100, 20));
  EXPECT_EQ(Taken(quota, "shop", 50, start_), 20);
  EXPECT_EQ(Taken(quota, "shop", 50, start_ + milliseconds(50)), 5);
  EXPECT_EQ(Taken(quota, "shop", 50, start_ + milliseconds(60)), 1);
}

TEST_F(QuotaTest, SavesNoMoreThanABurst) {
  Quota quota(Settings(100, 20));
  EXPECT_EQ(Taken(quota, "shop", 1, start_), 1);
  EXPECT_EQ(Taken(quota, "shop", 50, start_ + std::chrono::hours(1)), 20);
}

TEST_F(QuotaTest, KeepsClientsApart) {
  Quota quota(Settings(1, 3));
  EXPECT_EQ(Taken(quota, "greedy", 50, start_), 3);
  EXPECT_EQ(Taken(quota, "modest", 2, start_), 2);
}

TEST_F(QuotaTest, ForgetsThoseThatWereSilentLongest) {
  Quota quota(Settings(1, 3, 1));
  EXPECT_EQ(Taken(quota, "first", 50, start_), 3);
  EXPECT_EQ(Taken(quota, "second", 50, start_), 3);
  EXPECT_EQ(Taken(quota, "first", 50, start_), 3) << "still knew the first of two where there is room for one";
}

TEST_F(QuotaTest, CountsEveryCallOfManyThreads) {
  Quota quota(Settings(0.001, 1000));
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> threads(4);
    for (std::jthread& thread : threads) thread = std::jthread([&] { taken += Taken(quota, "shop", 500, start_); });
  }
  EXPECT_EQ(taken, 1000);
}

}  // namespace
}  // namespace shortlist::serve
