#include "simt/runtime/machine.h"

#include "simt/runtime/limits.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {

std::size_t Machine::SharedLimit(const void* kernel) const {
  const std::lock_guard lock(limits_mutex_);
  const auto found = shared_limits_.find(kernel);
  return found == shared_limits_.end() ? kDefaultSharedBytes : found->second;
}

void Machine::SetSharedLimit(const void* kernel, std::size_t bytes) {
  const std::lock_guard lock(limits_mutex_);
  shared_limits_[kernel] = bytes;
}

Machine& TheMachine() {
  // Outlived by what its memory comes from.
  LinkedMemoryChecker();
  static Machine machine;
  return machine;
}

}  // namespace shortlist::simt
