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

// The part of a stream that a call is about: values [first, first + size), of Philox blocks from `first_block`.
struct StreamPart {
  tensor::RandomKey key;
  std::int64_t first;
  std::int64_t size;
  std::int64_t first_block;

  StreamPart(const tensor::RandomKey& stream, std::int64_t begin, std::int64_t count)
      : key(stream), first(begin), size(count), first_block(begin / kBlock) {}

  std::int64_t blocks() const { return size == 0 ? 0 : BlocksFor(first + size, kBlock) - first_block; }
  __device__ std::int64_t BlockOfThread() const {
    return first_block + std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  }
  __device__ tensor::PhiloxBlock BitsOf(std::int64_t block) const {
    return tensor::RandomBits(key, static_cast<std::uint64_t>(block));
  }
  // Calls write(i, of_block[word]) for each wanted value i of a block, counted from `first`.
  template <class Write>
  __device__ void ForEach(std::int64_t block, float4 of_block, Write write) const {
    const std::int64_t at = block * kBlock - first;
    if (at >= 0 && at < size) write(at, of_block.x);
    if (at + 1 >= 0 && at + 1 < size) write(at + 1, of_block.y);
    if (at + 2 >= 0 && at + 2 < size) write(at + 2, of_block.z);
    if (at + 3 >= 0 && at + 3 < size) write(at + 3, of_block.w);
  }
};

__device__ inline float FactorOf(std::uint32_t bits, std::uint32_t threshold, float kept) {
  return (bits >> 8) >= threshold ? kept : 0.0F;
}

// With Access::kVectors, `values` is aligned where a block begins.
__global__ void __launch_bounds__(kThreads)
    DropoutKernel(StreamPart part, std::uint32_t threshold, float kept, Access access, float* __restrict__ values) {
  const std::int64_t block = part.BlockOfThread();
  const tensor::PhiloxBlock bits = part.BitsOf(block);
  const float4 factors = make_float4(FactorOf(bits[0], threshold, kept), FactorOf(bits[1], threshold, kept),
                                     FactorOf(bits[2], threshold, kept), FactorOf(bits[3], threshold, kept));
  const std::int64_t at = block * kBlock - part.first;
  if (access == Access::kVectors && at + kBlock <= part.size) {
    const float4 v = LoadVector(values + at);
    StoreVector(values + at, make_float4(v.x * factors.x, v.y * factors.y, v.z * factors.z, v.w * factors.w));
    return;
  }
  part.ForEach(block, factors, [&](std::int64_t i, float factor) { values[i] *= factor; });
}

// Box-Muller on two words.
__device__ inline float2 NormalPair(std::uint32_t bits_of_radius, std::uint32_t bits_of_angle) {
  const float radius = sqrtf(-2 * logf(1 - tensor::UniformOf(bits_of_radius)));
  const float half_turns = 2 * tensor::UniformOf(bits_of_angle);
  return make_float2(radius * cospif(half_turns), radius * sinpif(half_turns));
}

__global__ void __launch_bounds__(kThreads)
    FillNormalKernel(StreamPart part, float deviation, float* __restrict__ values) {
  const std::int64_t block = part.BlockOfThread();
  const tensor::PhiloxBlock bits = part.BitsOf(block);
  const float2 low = NormalPair(bits[0], bits[1]);
  const float2 high = NormalPair(bits[2], bits[3]);
  part.ForEach(block, make_float4(low.x, low.y, high.x, high.y),
               [&](std::int64_t i, float normal) { values[i] = deviation * normal; });
}

void Dropout(Queue& queue, tensor::Matrix values, float rate, tensor::RandomKey key, std::int64_t first) {
  if (rate == 0) return;
  const StreamPart part(key, first, values.size());
  const Access access = first % kBlock == 0 ? AccessOf({values.data}) : Access::kScalars;
  Launch("Dropout", {BlocksFor(part.blocks(), kThreads), kThreads}, queue.stream(), DropoutKernel, part,
         tensor::KeepThreshold(rate), 1 / (1 - rate), access, values.data);
}

void FillNormal(Queue& queue, float* values, std::int64_t size, float deviation, tensor::RandomKey key,
                std::int64_t first) {
  const StreamPart part(key, first, size);
  Launch("FillNormal", {BlocksFor(part.blocks(), kThreads), kThreads}, queue.stream(), FillNormalKernel, part,
         deviation, values);
}

}  // namespace shortlist::cuda
