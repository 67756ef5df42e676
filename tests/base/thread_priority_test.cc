#include "base/thread_priority.h"

#include <sched.h>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

TEST(ThreadPriority, IsLoweredForTheCallingThreadAlone) {
  const int before = sched_getscheduler(0);
  int lowered = 0;
  std::thread([&] {
    LowerThreadPriority();
    lowered = sched_getscheduler(0);
  }).join();
  EXPECT_EQ(lowered, SCHED_BATCH);
  EXPECT_EQ(sched_getscheduler(0), before);
}

}  // namespace
}  // namespace shortlist::base
