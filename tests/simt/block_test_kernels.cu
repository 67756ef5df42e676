// Barriers, shared memory and indices.
#include <cuda_runtime.h>

#include "simt/block_test_kernels.h"

namespace shortlist::simt {

constexpr int kBlock = 96;

__global__ void ReverseBlockKernel(const int* in, int* out) {
  SHORTLIST_SHARED(int, values, kBlock);
  const int first = static_cast<int>(blockIdx.x) * kBlock;
  values[threadIdx.x] = in[first + static_cast<int>(threadIdx.x)];
  __syncthreads();
  out[first + static_cast<int>(threadIdx.x)] = values[kBlock - 1 - static_cast<int>(threadIdx.x)];
}

// A tree over dynamic shared memory; the block size is a power of two.
__global__ void SumBlockKernel(const int* in, int* out) {
  SHORTLIST_DYNAMIC_SHARED(int, sums);
  const auto thread = static_cast<int>(threadIdx.x);
  sums[thread] = in[static_cast<int>(blockIdx.x * blockDim.x) + thread];
  for (int half = static_cast<int>(blockDim.x) / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half) sums[thread] += sums[thread + half];
  }
  if (thread == 0) out[blockIdx.x] = sums[0];
}

__global__ void CountVotesKernel(int limit, int* out) {
  const int vote = static_cast<int>(static_cast<int>(threadIdx.x) < limit);
  const int count = __syncthreads_count(vote);
  const int any = __syncthreads_or(vote);
  const int all = __syncthreads_and(vote);
  out[threadIdx.x] = count * 100 + any * 10 + all;
}

__global__ void GarbageKernel(unsigned* out) {
  SHORTLIST_SHARED(unsigned, values, 4);
  out[blockIdx.x] = values[2];
  __syncthreads();
  values[2] = blockIdx.x;
}

__global__ void TwoPiecesKernel(int* out) {
  SHORTLIST_SHARED(int, a, 3);
  SHORTLIST_SHARED(int, b, 3);
  SHORTLIST_DYNAMIC_SHARED(int, c);
  if (threadIdx.x < 3) {
    a[threadIdx.x] = 1;
    b[threadIdx.x] = 20;
    c[threadIdx.x] = 300;
  }
  __syncthreads();
  if (threadIdx.x < 3) out[threadIdx.x] = a[threadIdx.x] + b[threadIdx.x] + c[threadIdx.x];
}

__global__ void IndicesKernel(int* out) {
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  const unsigned threads = blockDim.x * blockDim.y * blockDim.z;
  out[block * threads + thread] += static_cast<int>(block * 1000 + thread);
}

// When each thread ran.
__global__ void TickKernel(unsigned* clock, unsigned* out) {
  out[blockIdx.x * blockDim.x + threadIdx.x] = atomicAdd(clock, 1U);
}

__global__ void MissingBarrierKernel(const int* in, int* out) {
  SHORTLIST_SHARED(int, values, kBlock);
  values[threadIdx.x] = in[threadIdx.x];
  out[threadIdx.x] = values[kBlock - 1 - static_cast<int>(threadIdx.x)];
}

__global__ void DivergentBarrierKernel(int* out) {
  if (threadIdx.x < 40) {
    __syncthreads();
    out[threadIdx.x] = 1;
  } else {
    out[threadIdx.x] = 2;
    __syncthreads();
  }
}

__global__ void EarlyReturnKernel(int* out) {
  if (threadIdx.x == 5) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}

__global__ void LateReturnKernel(int* out) {
  if (threadIdx.x == 63) return;
  __syncthreads();
  out[threadIdx.x] = 1;
}

__global__ void SharedOverrunKernel(int* out) {
  SHORTLIST_SHARED(int, values, 32);
  int* beyond = values + 1;
  beyond[threadIdx.x] = 7;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x];
}

__global__ void MuchSharedKernel(int* out) {
  SHORTLIST_SHARED(int, values, 50000);
  values[threadIdx.x] = 1;
  out[threadIdx.x] = values[threadIdx.x];
}

}  // namespace shortlist::simt
