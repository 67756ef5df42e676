// What a .cu file needs beyond the toolkit's headers: shared memory declared by macros, so that the same source also
// compiles where `__shared__` has no meaning (tests/simt, whose cuda_runtime.h defines both macros itself).
#pragma once

#include <cuda_runtime.h>

// `T name[count]` shared by the threads of a block; count is a constant. Uninitialized.
#ifndef SHORTLIST_SHARED
#define SHORTLIST_SHARED(T, name, count) __shared__ T name[count]
#endif

// `T* name`, the block's dynamic shared memory of LaunchShape::shared_bytes, 16-byte aligned. At most once per kernel.
#ifndef SHORTLIST_DYNAMIC_SHARED
#define SHORTLIST_DYNAMIC_SHARED(T, name)                                   \
  extern __shared__ __align__(16) unsigned char shortlist_dynamic_shared[]; \
  T* name = reinterpret_cast<T*>(shortlist_dynamic_shared)
#endif

namespace shortlist::cuda {

inline constexpr int kWarpSize = 32;
inline constexpr unsigned kFullWarp = 0xFFFFFFFFU;

}  // namespace shortlist::cuda
