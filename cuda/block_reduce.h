// Sums and maxima over the threads of a warp or a block, in an order that does not depend on timing. For .cu files.
#pragma once

#include "cuda/kernel_language.h"

namespace shortlist::cuda {

// Every lane gets the sum over all 32; all must take part.
template <class T>
__device__ T WarpSum(T value) {
  for (int offset = kWarpSize / 2; offset > 0; offset /= 2) value += __shfl_xor_sync(kFullWarp, value, offset);
  return value;
}

__device__ inline float WarpMax(float value) {
  for (int offset = kWarpSize / 2; offset > 0; offset /= 2) {
    value = fmaxf(value, __shfl_xor_sync(kFullWarp, value, offset));
  }
  return value;
}

// Thread 0 gets the sum over the block's `kThreads` threads, the others something. All must take part, once per kernel
// or with __syncthreads() between two calls.
template <int kThreads, class T>
__device__ T BlockSum(T value) {
  constexpr int kWarps = kThreads / kWarpSize;
  SHORTLIST_SHARED(T, of_warp, kWarps);
  const int lane = threadIdx.x % kWarpSize;
  value = WarpSum(value);
  if (lane == 0) of_warp[threadIdx.x / kWarpSize] = value;
  __syncthreads();
  if (threadIdx.x >= kWarpSize) return value;
  return WarpSum(lane < kWarps ? of_warp[lane] : T{0});
}

}  // namespace shortlist::cuda
