// Tells a sanitizer that follows stacks of a switch between them; simt/runtime/plain has nobody to tell.
#pragma once

#include <cstddef>

namespace shortlist::simt {

// Kernels need more stack where a sanitizer widens their frames.
extern const std::size_t kFiberStackBytes;

void BeginSwitch(void** state, const void* target_bottom, std::size_t target_bytes);
// On the other side; `state` is what BeginSwitch stored when this stack was left, null on a new one.
void EndSwitch(void* state);

}  // namespace shortlist::simt
