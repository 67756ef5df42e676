// Sum of squares of an array, in two passes.
//
// Shapes: values [size], result [1]. Mapping: the first pass gives each block a part of fixed size and writes its sum;
// the second adds up the parts' sums in one block. Deterministic: parts and the order within them depend on the size
// only. Sums are float within a part, so that they keep their precision, and double over parts.
#include "cuda/block_reduce.h"
#include "cuda/launch.h"
#include "cuda/squared_norm.h"
#include "cuda/vector_access.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kVectorsPerThread = 4;
constexpr std::int64_t kPart = std::int64_t{kThreads} * kVectorsPerThread * kVectorWidth;

}  // namespace

// sums [parts].
__global__ void __launch_bounds__(kThreads)
    PartSquaresKernel(const float* __restrict__ values, std::int64_t size, Access access, double* __restrict__ sums) {
  float sum = 0;
  for (int k = 0; k < kVectorsPerThread; ++k) {
    const std::int64_t first =
        blockIdx.x * kPart + (std::int64_t{k} * kThreads + static_cast<int>(threadIdx.x)) * kVectorWidth;
    if (access == Access::kVectors && first + kVectorWidth <= size) {
      const float4 v = LoadVector(values + first);
      sum += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
    } else {
      for (std::int64_t i = first; i < first + kVectorWidth && i < size; ++i) sum += values[i] * values[i];
    }
  }
  const double total = BlockSum<kThreads>(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = total;
}

// One block.
__global__ void __launch_bounds__(kThreads)
    AddPartsKernel(const double* __restrict__ sums, std::int64_t parts, double* __restrict__ result) {
  double sum = 0;
  for (std::int64_t part = threadIdx.x; part < parts; part += kThreads) sum += sums[part];
  const double total = BlockSum<kThreads>(sum);
  if (threadIdx.x == 0) *result = total;
}

__global__ void NarrowKernel(const double* __restrict__ value, float* __restrict__ result) {
  *result = static_cast<float>(*value);
}

const double* SumOfSquares(Queue& queue, const float* values, std::int64_t size) {
  const std::int64_t parts = BlocksFor(size, kPart);
  auto* sums = queue.workspace().Take<double>(parts);
  auto* result = queue.workspace().Take<double>(1);
  Launch("SquaredNorm", {parts, kThreads}, queue.stream(), PartSquaresKernel, values, size, AccessOf({values}), sums);
  Launch("SquaredNorm", {1, kThreads}, queue.stream(), AddPartsKernel, sums, parts, result);
  return result;
}

void SquaredNorm(Queue& queue, const float* values, std::int64_t size, float* result) {
  Launch("SquaredNorm", {1, 1}, queue.stream(), NarrowKernel, SumOfSquares(queue, values, size), result);
}

}  // namespace shortlist::cuda
