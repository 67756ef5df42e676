// Guard bands as the simulated machine's memory checker knows them.
#include "conformance/guarded.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::conformance {

void Forbid(const void* memory, std::size_t bytes) {
  simt::LinkedMemoryChecker().Forbid(memory, bytes);
}

void Permit(const void* memory, std::size_t bytes) {
  simt::LinkedMemoryChecker().Permit(memory, bytes);
}

}  // namespace shortlist::conformance
