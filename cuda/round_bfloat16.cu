// Rounds an array to bfloat16.
//
// Shapes: values [size] to rounded [size]. Mapping: one thread per 4 values. Deterministic: every value on its own.
#include <cuda_bf16.h>

#include "cuda/kernel_language.h"
#include "cuda/launch.h"
#include "cuda/round_bfloat16.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kPerThread = 4;

}  // namespace

// `rounded` is 8-byte aligned; values need not be aligned.
__global__ void __launch_bounds__(kThreads)
    RoundToBfloat16Kernel(const float* __restrict__ values, std::int64_t size, __nv_bfloat16* __restrict__ rounded) {
  const std::int64_t first = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) * kPerThread;
  for (std::int64_t i = first; i < first + kPerThread && i < size; ++i) rounded[i] = __float2bfloat16_rn(values[i]);
}

const void* RoundToBfloat16(Queue& queue, const float* values, std::int64_t size) {
  auto* rounded = queue.workspace().Take<__nv_bfloat16>(size);
  Launch("RoundToBfloat16", {BlocksFor(size, kThreads * kPerThread), kThreads}, queue.stream(), RoundToBfloat16Kernel,
         values, size, rounded);
  return rounded;
}

}  // namespace shortlist::cuda
