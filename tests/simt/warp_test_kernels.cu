// One warp operation each; every thread writes what it got.
#include <cuda_runtime.h>

#include "simt/warp_test_kernels.h"

namespace shortlist::simt {

__global__ void ShuffleKernel(const int* sources, int width, int* out) {
  out[threadIdx.x] = __shfl_sync(~0U, static_cast<int>(threadIdx.x) * 10, sources[threadIdx.x], width);
}

__global__ void ShuffleXorKernel(int lane_mask, int width, double* out) {
  out[threadIdx.x] = __shfl_xor_sync(~0U, threadIdx.x * 0.5, lane_mask, width);
}

__global__ void ShuffleUpKernel(unsigned delta, int width, long long* out) {
  out[threadIdx.x] = __shfl_up_sync(~0U, 1LL << threadIdx.x, delta, width);
}

__global__ void ShuffleDownKernel(unsigned delta, int width, float* out) {
  out[threadIdx.x] = __shfl_down_sync(~0U, static_cast<float>(threadIdx.x), delta, width);
}

__global__ void VoteKernel(unsigned votes, unsigned* out) {
  const int vote = static_cast<int>(votes >> threadIdx.x & 1U);
  const unsigned ballot = __ballot_sync(~0U, vote);
  const bool any = __any_sync(~0U, vote) != 0;
  const bool all = __all_sync(~0U, vote) != 0;
  out[threadIdx.x] = ballot;
  out[32 + threadIdx.x] = (any ? 1U : 0U) | (all ? 2U : 0U);
}

__global__ void MatchKernel(const int* values, unsigned* out) {
  out[threadIdx.x] = __match_any_sync(~0U, values[threadIdx.x]);
}

__global__ void ReduceKernel(const int* values, int* out) {
  const int value = values[threadIdx.x];
  const auto bits = static_cast<unsigned>(value);
  int* row = out + threadIdx.x * 6;
  row[0] = __reduce_add_sync(~0U, value);
  row[1] = __reduce_min_sync(~0U, value);
  row[2] = __reduce_max_sync(~0U, value);
  row[3] = static_cast<int>(__reduce_and_sync(~0U, bits));
  row[4] = static_cast<int>(__reduce_or_sync(~0U, bits));
  row[5] = static_cast<int>(__reduce_max_sync(~0U, bits));
}

// Each half of the warp sums on its own, and the odd lanes of a half once more.
__global__ void DivergentKernel(int* out) {
  const unsigned half = threadIdx.x < 16 ? 0x0000FFFFU : 0xFFFF0000U;
  int sum = __reduce_add_sync(half, static_cast<int>(threadIdx.x));
  const unsigned odd = __ballot_sync(half, static_cast<int>(threadIdx.x & 1U));
  if ((threadIdx.x & 1U) != 0) sum += __reduce_add_sync(odd, 1000);
  out[threadIdx.x] = sum;
}

// Faults.
__global__ void OutsideOwnMaskKernel(int* out) {
  out[threadIdx.x] = __shfl_sync(0xFFFFFFFEU, static_cast<int>(threadIdx.x), 1);
}
__global__ void AbsentSourceKernel(int* out) {
  if (threadIdx.x >= 16) return;
  out[threadIdx.x] = __shfl_sync(0xFFFFU, static_cast<int>(threadIdx.x), 20);
}
__global__ void HalfShufflesKernel(int* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_xor_sync(~0U, static_cast<int>(threadIdx.x), 1);
}
__global__ void DifferentOperationsKernel(int* out) {
  const int own = static_cast<int>(threadIdx.x);
  out[threadIdx.x] = threadIdx.x < 16 ? __shfl_xor_sync(~0U, own, 1) : __shfl_sync(~0U, own, 0);
}
__global__ void WaitForEachOtherKernel(int* out) {
  SHORTLIST_SHARED(int, value, 1);
  if (threadIdx.x == 0) {
    __syncthreads();
    value[0] = 1;
  }
  __syncwarp();
  out[threadIdx.x] = value[0];
  if (threadIdx.x != 0) __syncthreads();
}

}  // namespace shortlist::simt
