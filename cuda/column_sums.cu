// Sums over the rows of a matrix, in two passes.
//
// Shapes: matrix [rows, columns], sums [columns]. Mapping: the first pass gives each block 32 columns of a part of the
// rows; its 8 warps read every 8th row each, so that a warp reads 32 neighbors at once, and the block adds up its
// warps. The second pass adds the parts with one thread per column. Deterministic: parts and orders depend on the shape
// only.
#include "cuda/column_sums.h"
#include "cuda/kernel_language.h"
#include "cuda/launch.h"

namespace shortlist::cuda {

namespace {

constexpr int kWarps = 8;
constexpr int kThreads = kWarps * kWarpSize;
constexpr std::int64_t kRowsPerPart = 256;

}  // namespace

// part_sums [parts, columns].
__global__ void __launch_bounds__(kThreads)
    PartColumnSumsKernel(const float* __restrict__ matrix, std::int64_t rows, std::int64_t columns,
                         std::int64_t column_groups, float* __restrict__ part_sums) {
  SHORTLIST_SHARED(float, of_warp, kThreads);
  const int lane = threadIdx.x % kWarpSize;
  const int warp = threadIdx.x / kWarpSize;
  const std::int64_t part = blockIdx.x / column_groups;
  const std::int64_t column = blockIdx.x % column_groups * kWarpSize + lane;
  const std::int64_t end = min((part + 1) * kRowsPerPart, rows);
  float sum = 0;
  if (column < columns) {
    for (std::int64_t row = part * kRowsPerPart + warp; row < end; row += kWarps) sum += matrix[row * columns + column];
  }
  of_warp[threadIdx.x] = sum;
  __syncthreads();
  if (warp > 0 || column >= columns) return;
  for (int other = 1; other < kWarps; ++other) sum += of_warp[other * kWarpSize + lane];
  part_sums[part * columns + column] = sum;
}

__global__ void __launch_bounds__(kThreads)
    AddColumnPartsKernel(const float* __restrict__ part_sums, std::int64_t parts, std::int64_t columns,
                         float* __restrict__ sums) {
  const std::int64_t column = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (column >= columns) return;
  float sum = 0;
  for (std::int64_t part = 0; part < parts; ++part) sum += part_sums[part * columns + column];
  sums[column] += sum;
}

void AddColumnSums(Queue& queue, tensor::ConstMatrix matrix, float* sums) {
  if (matrix.size() == 0) return;
  const WorkspaceScope scope(queue.workspace());
  const std::int64_t parts = BlocksFor(matrix.rows, kRowsPerPart);
  const std::int64_t column_groups = BlocksFor(matrix.columns, kWarpSize);
  auto* part_sums = queue.workspace().Take<float>(parts * matrix.columns);
  Launch("AddColumnSums", {parts * column_groups, kThreads}, queue.stream(), PartColumnSumsKernel, matrix.data,
         matrix.rows, matrix.columns, column_groups, part_sums);
  Launch("AddColumnSums", {BlocksFor(matrix.columns, kThreads), kThreads}, queue.stream(), AddColumnPartsKernel,
         part_sums, parts, matrix.columns, sums);
}

}  // namespace shortlist::cuda
