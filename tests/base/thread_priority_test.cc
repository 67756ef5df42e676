#include "base/thread_priority.h"

#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

int Niceness() {
  return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
}

TEST(ThreadPriority, IsLoweredForTheCallingThreadAlone) {
  const int before = Niceness();
  int lowered = 0;
  std::thread([&] {
    LowerThreadPriority();
    lowered = Niceness();
  }).join();
  EXPECT_EQ(lowered, 19);
  EXPECT_EQ(Niceness(), before);
}

}  // namespace
}  // namespace shortlist::base
