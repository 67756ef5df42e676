#include "base/thread_priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <thread>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

TEST(ThreadPriority, IsLoweredForTheCallingThreadAlone) {
  const int before = sched_getscheduler(0);
  const int nice_before = getpriority(PRIO_PROCESS, 0);
  int lowered = 0;
  int nice = 0;
  std::thread([&] {
    LowerThreadPriority();
    lowered = sched_getscheduler(0);
    nice = getpriority(PRIO_PROCESS, 0);
  }).join();
  EXPECT_EQ(lowered, SCHED_BATCH);
  EXPECT_GE(nice, 10);
  EXPECT_EQ(sched_getscheduler(0), before);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), nice_before);
}

}  // namespace
}  // namespace shortlist::base
