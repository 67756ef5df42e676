// Kernels that must not pass: what the budget's own test looks for in their machine code.
#include <cuda_runtime.h>

namespace shortlist::cuda {

__global__ void SharedReverse(float* values) {
  __shared__ float block[128];
  block[threadIdx.x] = values[threadIdx.x];
  __syncthreads();
  values[threadIdx.x] = block[127 - threadIdx.x];
}

__global__ void LocalArray(float* values, const int* places) {
  float copies[64];
  for (int i = 0; i < 64; ++i) copies[i] = values[i];
  float sum = 0;
  for (int i = 0; i < 64; ++i) sum += copies[places[i] & 63];
  values[0] = sum;
}

// 120 live values, but 1024 threads of a block leave 64 registers for each.
template <int Count>
__global__ void __launch_bounds__(1024) Spill(float* values) {
  float copies[Count];
#pragma unroll
  for (int i = 0; i < Count; ++i) copies[i] = values[i * 1024 + threadIdx.x];
  __syncthreads();
#pragma unroll
  for (int i = 0; i < Count; ++i) values[(i * 7) % Count * 1024 + threadIdx.x] = copies[i] * copies[i * 3 % Count];
}
template __global__ void Spill<120>(float*);

}  // namespace shortlist::cuda
