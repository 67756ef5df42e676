#include "base/thread_priority.h"

#include <sched.h>

namespace shortlist::base {

void LowerThreadPriority() {
  const sched_param no_priority{};
  // Of the calling thread, on Linux. Where a sandbox forbids it, things work on less smoothly.
  static_cast<void>(sched_setscheduler(0, SCHED_BATCH, &no_priority));
}

}  // namespace shortlist::base
