#include <cuda_runtime.h>

#include "simt/stream_test_kernels.h"

namespace shortlist::simt {

__global__ void ScaleAddKernel(int factor, int term, int size, int* values) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < static_cast<unsigned>(size)) values[i] = factor * values[i] + term;
}

}  // namespace shortlist::simt
