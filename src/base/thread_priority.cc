#include "base/thread_priority.h"

#include <cstdint>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shortlist::base {
namespace {

// A tenth of the weight of other threads.
constexpr std::int32_t kNice = 10;
// The longest slice that Linux takes. A thread that asks for less preempts this one at once; before Linux 6.12 it is
// not looked at.
constexpr std::uint64_t kSliceNanoseconds = 100'000'000;

}  // namespace

void LowerThreadPriority() {
  sched_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.sched_policy = SCHED_BATCH;
  attributes.sched_nice = kNice;
  attributes.sched_runtime = kSliceNanoseconds;
  // Of the calling thread. Where a sandbox forbids it, things work on less smoothly.
  static_cast<void>(syscall(SYS_sched_setattr, 0, &attributes, 0));
}

}  // namespace shortlist::base
