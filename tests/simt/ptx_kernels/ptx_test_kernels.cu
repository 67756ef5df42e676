#include <cuda_runtime.h>

#include "simt/ptx_kernels/ptx_test_kernels.h"

namespace shortlist::simt {

__global__ void AddOneKernel(int* values) {
  values[threadIdx.x] += 1;
}

__global__ void WithoutPtxKernel(int* values) {
  values[threadIdx.x] = 0;
}

}  // namespace shortlist::simt
