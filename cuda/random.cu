// Dropout and normal numbers, both from Philox counters, with the same bits as on the CPU (tensor/philox.h).
//
// Shapes: values [size]. Mapping: one thread per Philox block, which makes 4 consecutive values of the stream.
// Deterministic: value i depends on the key and i only.
#include "cuda/launch.h"
#include "cuda/random.h"
#include "cuda/vector_access.h"
#include "tensor/philox.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kBlock = 4;  // values per Philox block

}  // namespace

// Factors `kept` or 0 of the values of one Philox block.
__device__ inline float4 DropoutFactors(const tensor::RandomKey& key, std::int64_t block, std::uint32_t threshold,
                                        float kept) {
  const tensor::PhiloxBlock bits = tensor::RandomBits(key, static_cast<std::uint64_t>(block));
  return make_float4((bits[0] >> 8) >= threshold ? kept : 0.0F, (bits[1] >> 8) >= threshold ? kept : 0.0F,
                     (bits[2] >> 8) >= threshold ? kept : 0.0F, (bits[3] >> 8) >= threshold ? kept : 0.0F);
}

__global__ void __launch_bounds__(kThreads)
    DropoutKernel(tensor::RandomKey key, std::uint32_t threshold, float kept, std::int64_t size, Access access,
                  float* __restrict__ values) {
  const std::int64_t block = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const std::int64_t first = block * kBlock;
  if (first >= size) return;
  const float4 factors = DropoutFactors(key, block, threshold, kept);
  if (access == Access::kVectors && first + kBlock <= size) {
    const float4 v = LoadVector(values + first);
    StoreVector(values + first, make_float4(v.x * factors.x, v.y * factors.y, v.z * factors.z, v.w * factors.w));
    return;
  }
  values[first] *= factors.x;
  if (first + 1 < size) values[first + 1] *= factors.y;
  if (first + 2 < size) values[first + 2] *= factors.z;
  if (first + 3 < size) values[first + 3] *= factors.w;
}

// Box-Muller on two words.
__device__ inline float2 NormalPair(std::uint32_t bits_of_radius, std::uint32_t bits_of_angle) {
  const float radius = sqrtf(-2 * logf(1 - tensor::UniformOf(bits_of_radius)));
  const float half_turns = 2 * tensor::UniformOf(bits_of_angle);
  return make_float2(radius * cospif(half_turns), radius * sinpif(half_turns));
}

// Blocks from `first_block`; values [first, first + size) of the stream are wanted.
__global__ void __launch_bounds__(kThreads)
    FillNormalKernel(tensor::RandomKey key, float deviation, std::int64_t first_block, std::int64_t first,
                     std::int64_t size, float* __restrict__ values) {
  const std::int64_t block = first_block + std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (block * kBlock >= first + size) return;
  const tensor::PhiloxBlock bits = tensor::RandomBits(key, static_cast<std::uint64_t>(block));
  const float2 low = NormalPair(bits[0], bits[1]);
  const float2 high = NormalPair(bits[2], bits[3]);
  const auto store = [&](int word, float normal) {
    const std::int64_t i = block * kBlock + word - first;
    if (i >= 0 && i < size) values[i] = deviation * normal;
  };
  store(0, low.x);
  store(1, low.y);
  store(2, high.x);
  store(3, high.y);
}

void Dropout(Queue& queue, tensor::Matrix values, float rate, tensor::RandomKey key) {
  if (rate == 0) return;
  Launch("Dropout", {BlocksFor(values.size(), kThreads * kBlock), kThreads}, queue.stream(), DropoutKernel, key,
         tensor::KeepThreshold(rate), 1 / (1 - rate), values.size(), AccessOf({values.data}), values.data);
}

void FillNormal(Queue& queue, float* values, std::int64_t size, float deviation, tensor::RandomKey key,
                std::int64_t first) {
  if (size == 0) return;
  const std::int64_t first_block = first / kBlock;
  const std::int64_t blocks = BlocksFor(first + size, kBlock) - first_block;
  Launch("FillNormal", {BlocksFor(blocks, kThreads), kThreads}, queue.stream(), FillNormalKernel, key, deviation,
         first_block, first, size, values);
}

}  // namespace shortlist::cuda
