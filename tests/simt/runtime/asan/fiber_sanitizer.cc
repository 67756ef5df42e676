#include "simt/runtime/fiber_sanitizer.h"

#include <sanitizer/common_interface_defs.h>

namespace shortlist::simt {

const std::size_t kFiberStackBytes = std::size_t{256} << 10;

void BeginSwitch(void** state, const void* target_bottom, std::size_t target_bytes) {
  __sanitizer_start_switch_fiber(state, target_bottom, target_bytes);
}
void EndSwitch(void* state) {
  __sanitizer_finish_switch_fiber(state, nullptr, nullptr);
}

}  // namespace shortlist::simt
