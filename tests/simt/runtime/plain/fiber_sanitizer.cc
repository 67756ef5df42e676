#include "simt/runtime/fiber_sanitizer.h"

namespace shortlist::simt {

const std::size_t kFiberStackBytes = std::size_t{64} << 10;

void BeginSwitch(void** /*state*/, const void* /*target_bottom*/, std::size_t /*target_bytes*/) {}
void EndSwitch(void* /*state*/) {}

}  // namespace shortlist::simt
