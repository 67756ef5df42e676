// Rounds an array to bfloat16, and takes one back.
//
// Shapes: float32 and bfloat16 arrays [size]. Mapping: one thread per 4 consecutive values, as one access to each array
// where both are aligned to it. Deterministic: every value on its own.
#include <cuda_bf16.h>

#include "cuda/bfloat16.h"
#include "cuda/launch.h"
#include "cuda/vector_access.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;

__device__ std::uint16_t BitsOf(float value) {
  return __bfloat16_as_ushort(__float2bfloat16_rn(value));
}

__device__ float FloatOf(std::uint16_t bits) {
  return __uint_as_float(static_cast<unsigned>(bits) << 16);
}

__device__ std::int64_t FirstOfThread() {
  return (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) * kVectorWidth;
}

}  // namespace

__global__ void __launch_bounds__(kThreads)
    RoundToBfloat16Kernel(const float* __restrict__ values, Access access, std::int64_t size,
                          std::uint16_t* __restrict__ rounded) {
  const std::int64_t first = FirstOfThread();
  if (access == Access::kVectors && first + kVectorWidth <= size) {
    const float4 vector = LoadVector(values + first);
    *reinterpret_cast<ushort4*>(rounded + first) =
        make_ushort4(BitsOf(vector.x), BitsOf(vector.y), BitsOf(vector.z), BitsOf(vector.w));
    return;
  }
  for (std::int64_t i = first; i < first + kVectorWidth && i < size; ++i) rounded[i] = BitsOf(values[i]);
}

// Adds to what `values` hold if kAdd.
template <tensor::Write kWrite>
__global__ void __launch_bounds__(kThreads)
    WidenBfloat16Kernel(const std::uint16_t* __restrict__ rounded, Access access, std::int64_t size, float* values) {
  const std::int64_t first = FirstOfThread();
  if (access == Access::kVectors && first + kVectorWidth <= size) {
    const ushort4 bits = *reinterpret_cast<const ushort4*>(rounded + first);
    float4 sum = make_float4(FloatOf(bits.x), FloatOf(bits.y), FloatOf(bits.z), FloatOf(bits.w));
    if constexpr (kWrite == tensor::Write::kAdd) {
      const float4 held = LoadVector(values + first);
      sum = make_float4(held.x + sum.x, held.y + sum.y, held.z + sum.z, held.w + sum.w);
    }
    StoreVector(values + first, sum);
    return;
  }
  for (std::int64_t i = first; i < first + kVectorWidth && i < size; ++i) {
    const float value = FloatOf(rounded[i]);
    values[i] = kWrite == tensor::Write::kAdd ? values[i] + value : value;
  }
}

void RoundToBfloat16(Queue& queue, const float* values, std::int64_t size, std::uint16_t* rounded) {
  Launch("RoundToBfloat16", {BlocksFor(size, kThreads * kVectorWidth), kThreads}, queue.stream(), RoundToBfloat16Kernel,
         values, AccessOf({values, rounded}), size, rounded);
}

void WidenBfloat16(Queue& queue, const std::uint16_t* rounded, tensor::Write write, float* values, std::int64_t size) {
  auto* const kernel = write == tensor::Write::kAdd ? WidenBfloat16Kernel<tensor::Write::kAdd>
                                                    : WidenBfloat16Kernel<tensor::Write::kOverwrite>;
  Launch("WidenBfloat16", {BlocksFor(size, kThreads * kVectorWidth), kThreads}, queue.stream(), kernel, rounded,
         AccessOf({rounded, values}), size, values);
}

}  // namespace shortlist::cuda
