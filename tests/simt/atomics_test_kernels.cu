#include <cuda_runtime.h>

#include "simt/atomics_test_kernels.h"

namespace shortlist::simt {

__global__ void AtomicsKernel(AtomicResults* results) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  atomicAdd(&results->sum, i);
  atomicAdd(&results->wrapped, ~0ULL);
  atomicAdd(&results->float_sum, 0.5);
  atomicAdd(&results->double_sum, 0.25);
  atomicMin(&results->least, 7 - i);
  atomicMax(&results->most, static_cast<unsigned>(i));
  atomicAnd(&results->all, static_cast<unsigned>(i) | 0x100U);
  atomicOr(&results->any, 1U << (i % 8));
  if (atomicExch(&results->last, i) != -1) atomicAdd(&results->exchanges, 1);
  atomicCAS(&results->winner, -1, i);
}

__global__ void BlockAtomicsKernel(int* total) {
  SHORTLIST_SHARED(int, sum, 1);
  if (threadIdx.x == 0) sum[0] = 0;
  __syncthreads();
  atomicAdd(sum, 1);
  __syncthreads();
  if (threadIdx.x == 0) atomicAdd(total, sum[0]);
}

}  // namespace shortlist::simt
