#include "base/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace shortlist::base {

void LowerThreadPriority() {
  constexpr int kLowest = 19;
  // Linux keeps a nice value per thread. Without the right to change it, which a sandbox may withhold, things work on
  // less smoothly.
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kLowest));
}

}  // namespace shortlist::base
