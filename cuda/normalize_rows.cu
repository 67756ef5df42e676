// Divides rows by their lengths, and the gradient of that.
//
// Shapes: input, out and gradients [rows, columns], norms [rows]. Mapping: one warp per row. Rows of up to 1024
// columns that can be read by vectors stay in registers between the sum and the division, so each value is read and
// written once; others are read twice. Deterministic: the order of a row's sum depends on its length only.
#include "cuda/block_reduce.h"
#include "cuda/launch.h"
#include "cuda/normalize_rows.h"
#include "cuda/vector_access.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 128;
constexpr int kRowsPerBlock = kThreads / kWarpSize;
constexpr int kWarpVectorWidth = kWarpSize * kVectorWidth;  // values that a warp reads at once

}  // namespace

__device__ inline std::int64_t RowOfWarp() {
  return std::int64_t{blockIdx.x} * kRowsPerBlock + threadIdx.x / kWarpSize;
}

// A row in the registers of a warp; values behind its end are 0.
template <int kVectors>
struct HeldRow {
  float4 vectors[kVectors];

  __device__ static int Column(int k) { return k * kWarpVectorWidth + threadIdx.x % kWarpSize * kVectorWidth; }
  __device__ void Load(const float* row, std::int64_t columns) {
#pragma unroll
    for (int k = 0; k < kVectors; ++k) {
      vectors[k] = Column(k) < columns ? LoadVector(row + Column(k)) : make_float4(0, 0, 0, 0);
    }
  }
  __device__ float Dot(const HeldRow& other) const {
    float sum = 0;
#pragma unroll
    for (int k = 0; k < kVectors; ++k) {
      const float4 a = vectors[k];
      const float4 b = other.vectors[k];
      sum += a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
    }
    return WarpSum(sum);
  }
  // row = factor * this + along * other.
  __device__ void StoreSum(float factor, float along, const HeldRow& other, std::int64_t columns, float* row) const {
#pragma unroll
    for (int k = 0; k < kVectors; ++k) {
      if (Column(k) >= columns) continue;
      const float4 a = vectors[k];
      const float4 b = other.vectors[k];
      StoreVector(row + Column(k), make_float4(factor * a.x + along * b.x, factor * a.y + along * b.y,
                                               factor * a.z + along * b.z, factor * a.w + along * b.w));
    }
  }
  __device__ void StoreScaled(float factor, std::int64_t columns, float* row) const {
#pragma unroll
    for (int k = 0; k < kVectors; ++k) {
      if (Column(k) >= columns) continue;
      const float4 a = vectors[k];
      StoreVector(row + Column(k), make_float4(factor * a.x, factor * a.y, factor * a.z, factor * a.w));
    }
  }
};

// columns <= kVectors * 128.
template <int kVectors>
__global__ void __launch_bounds__(kThreads)
    NormalizeHeldRowsKernel(const float* __restrict__ input, std::int64_t rows, std::int64_t columns,
                            float* __restrict__ out, float* __restrict__ norms) {
  const std::int64_t row = RowOfWarp();
  if (row >= rows) return;
  HeldRow<kVectors> held;
  held.Load(input + row * columns, columns);
  const float norm = fmaxf(sqrtf(held.Dot(held)), tensor::kNormEpsilon);
  held.StoreScaled(1 / norm, columns, out + row * columns);
  if (threadIdx.x % kWarpSize == 0) norms[row] = norm;
}

__global__ void __launch_bounds__(kThreads)
    NormalizeRowsKernel(const float* __restrict__ input, std::int64_t rows, std::int64_t columns,
                        float* __restrict__ out, float* __restrict__ norms) {
  const std::int64_t row = RowOfWarp();
  if (row >= rows) return;
  const int lane = threadIdx.x % kWarpSize;
  const float* values = input + row * columns;
  float sum = 0;
  for (std::int64_t c = lane; c < columns; c += kWarpSize) sum += values[c] * values[c];
  const float norm = fmaxf(sqrtf(WarpSum(sum)), tensor::kNormEpsilon);
  for (std::int64_t c = lane; c < columns; c += kWarpSize) out[row * columns + c] = values[c] * (1 / norm);
  if (lane == 0) norms[row] = norm;
}

__device__ inline float InverseNorm(float norm) {
  return norm > tensor::kNormEpsilon ? 1 / norm : 0.0F;
}

// columns <= kVectors * 128.
template <int kVectors>
__global__ void __launch_bounds__(kThreads)
    NormalizeHeldRowsBackwardKernel(const float* __restrict__ out, const float* __restrict__ norms,
                                    const float* __restrict__ out_gradient, std::int64_t rows, std::int64_t columns,
                                    float* __restrict__ input_gradient) {
  const std::int64_t row = RowOfWarp();
  if (row >= rows) return;
  HeldRow<kVectors> direction;
  HeldRow<kVectors> gradient;
  direction.Load(out + row * columns, columns);
  gradient.Load(out_gradient + row * columns, columns);
  const float inverse = InverseNorm(norms[row]);
  const float along = -direction.Dot(gradient) * inverse;
  gradient.StoreSum(inverse, along, direction, columns, input_gradient + row * columns);
}

__global__ void __launch_bounds__(kThreads)
    NormalizeRowsBackwardKernel(const float* __restrict__ out, const float* __restrict__ norms,
                                const float* __restrict__ out_gradient, std::int64_t rows, std::int64_t columns,
                                float* __restrict__ input_gradient) {
  const std::int64_t row = RowOfWarp();
  if (row >= rows) return;
  const int lane = threadIdx.x % kWarpSize;
  const float* direction = out + row * columns;
  const float* gradient = out_gradient + row * columns;
  float sum = 0;
  for (std::int64_t c = lane; c < columns; c += kWarpSize) sum += direction[c] * gradient[c];
  const float along = WarpSum(sum);
  const float inverse = InverseNorm(norms[row]);
  for (std::int64_t c = lane; c < columns; c += kWarpSize) {
    input_gradient[row * columns + c] = (gradient[c] - direction[c] * along) * inverse;
  }
}

namespace {

// The kernel of a list that holds rows of `columns` values: for 1, 2, 4 and 8 vectors per lane, then for any.
template <class Kernel>
Kernel* ForColumns(std::int64_t columns, Access access, Kernel* const (&kernels)[5]) {
  int choice = 0;
  while (choice < 4 && (access == Access::kScalars || columns > (kWarpVectorWidth << choice))) ++choice;
  return kernels[choice];
}

}  // namespace

void NormalizeRows(Queue& queue, tensor::ConstMatrix input, tensor::Matrix out, float* norms) {
  const auto kernel = ForColumns(input.columns, AccessOf(input.columns, {input.data, out.data}),
                                 {NormalizeHeldRowsKernel<1>, NormalizeHeldRowsKernel<2>, NormalizeHeldRowsKernel<4>,
                                  NormalizeHeldRowsKernel<8>, NormalizeRowsKernel});
  Launch("NormalizeRows", {BlocksFor(input.rows, kRowsPerBlock), kThreads}, queue.stream(), kernel, input.data,
         input.rows, input.columns, out.data, norms);
}

void NormalizeRowsBackward(Queue& queue, tensor::ConstMatrix out, const float* norms, tensor::ConstMatrix out_gradient,
                           tensor::Matrix input_gradient) {
  const auto kernel =
      ForColumns(out.columns, AccessOf(out.columns, {out.data, out_gradient.data, input_gradient.data}),
                 {NormalizeHeldRowsBackwardKernel<1>, NormalizeHeldRowsBackwardKernel<2>,
                  NormalizeHeldRowsBackwardKernel<4>, NormalizeHeldRowsBackwardKernel<8>, NormalizeRowsBackwardKernel});
  Launch("NormalizeRowsBackward", {BlocksFor(out.rows, kRowsPerBlock), kThreads}, queue.stream(), kernel, out.data,
         norms, out_gradient.data, out.rows, out.columns, input_gradient.data);
}

}  // namespace shortlist::cuda
