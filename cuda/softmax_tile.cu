// The rows of a softmax over tiles of dot products: running maximum and sum, then gradients.
//
// Shapes: tiles [rows, columns] of the [B, N] dot products, row state [B]. Mapping: one warp per row of a tile, each
// lane with every 32nd value, so that a warp reads 32 neighbors at once; one block for the sums over rows.
// Deterministic: each row is combined tile by tile, lane by lane, in an order that depends on the shapes only.
// Exponentials are float, sums over tiles and rows are double.
#include "cuda/block_reduce.h"
#include "cuda/launch.h"
#include "cuda/softmax_tile.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kRowsPerBlock = kThreads / kWarpSize;

}  // namespace

// What makes a dot product of one row a logit. A masked candidate's logit is -infinity.
struct LogitRule {
  float scale;
  std::int64_t positive;
  std::int32_t positive_item;
  float positive_bias;
  std::int64_t first_negative;
  const float* bias;             // of the tile's first candidate; null: zero
  const std::int32_t* item_ids;  // likewise; null: no masking

  __device__ LogitRule(const tensor::SoftmaxLossInputs& inputs, std::int64_t row, std::int64_t first_column)
      : scale(*inputs.scale),
        positive(inputs.positives[row] - first_column),
        positive_item(inputs.item_ids == nullptr ? 0 : inputs.item_ids[inputs.positives[row]]),
        positive_bias(inputs.positive_bias == nullptr ? 0.0F : inputs.positive_bias[row]),
        first_negative(inputs.first_negative - first_column),
        bias(inputs.bias == nullptr ? nullptr : inputs.bias + first_column),
        item_ids(inputs.item_ids == nullptr ? nullptr : inputs.item_ids + first_column) {}

  __device__ float operator()(float dot, std::int64_t column) const {
    const float of_candidate = bias == nullptr ? 0.0F : bias[column];
    if (column == positive) return fmaf(scale, dot, of_candidate + positive_bias);
    if (column < first_negative) return -INFINITY;
    if (item_ids != nullptr && item_ids[column] == positive_item) return -INFINITY;
    return fmaf(scale, dot, of_candidate);
  }
};

// exp(value - largest), 0 for -infinity even where all is -infinity.
__device__ inline float ShiftedExponential(float value, float largest) {
  return value == -INFINITY ? 0.0F : expf(value - largest);
}

// A maximum and the sum of exponentials relative to it.
struct RunningSum {
  float largest = -INFINITY;
  float sum = 0;

  __device__ void Add(float logit) {
    if (logit > largest) {
      sum = sum * ShiftedExponential(largest, logit) + 1;
      largest = logit;
    } else {
      sum += ShiftedExponential(logit, largest);
    }
  }
  // Of the lanes of a warp; each gets it.
  __device__ RunningSum OfWarp() const {
    RunningSum total;
    total.largest = WarpMax(largest);
    total.sum = WarpSum(sum * ShiftedExponential(largest, total.largest));
    return total;
  }
};

__global__ void __launch_bounds__(kThreads) StartSoftmaxRowsKernel(std::int64_t rows, SoftmaxRows state) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (row >= rows) return;
  state.largest[row] = -INFINITY;
  state.sum[row] = 0;
  state.along[row] = 0;
}

__global__ void __launch_bounds__(kThreads)
    AccumulateSoftmaxTileKernel(tensor::SoftmaxLossInputs inputs, SoftmaxTile tile, SoftmaxRows state) {
  const std::int64_t row_of_tile = std::int64_t{blockIdx.x} * kRowsPerBlock + threadIdx.x / kWarpSize;
  if (row_of_tile >= tile.dots.rows) return;
  const std::int64_t row = tile.first_row + row_of_tile;
  const float* dots = tile.dots.data + row_of_tile * tile.dots.columns;
  const LogitRule logit_of(inputs, row, tile.first_column);
  const int lane = threadIdx.x % kWarpSize;
  RunningSum of_lane;
  for (std::int64_t c = lane; c < tile.dots.columns; c += kWarpSize) {
    const float logit = logit_of(dots[c], c);
    of_lane.Add(logit);
    if (c == logit_of.positive) state.positive_logit[row] = logit;
  }
  const RunningSum of_tile = of_lane.OfWarp();
  if (lane > 0) return;
  const float before = state.largest[row];
  const float largest = fmaxf(before, of_tile.largest);
  state.sum[row] = state.sum[row] * ShiftedExponential(before, largest) +
                   static_cast<double>(of_tile.sum) * ShiftedExponential(of_tile.largest, largest);
  state.largest[row] = largest;
}

// The weight of a row's loss in the mean.
__device__ inline float ShareOf(const tensor::SoftmaxLossInputs& inputs, std::int64_t row) {
  const float weight = inputs.row_weights == nullptr ? 1.0F : inputs.row_weights[row];
  return weight / static_cast<float>(inputs.queries.rows);
}

// At least 4 blocks at a time: aiming at more, the compiler spills registers.
__global__ void __launch_bounds__(kThreads, 4)
    DifferentiateSoftmaxTileKernel(tensor::SoftmaxLossInputs inputs, SoftmaxTile tile, SoftmaxRows state) {
  const std::int64_t row_of_tile = std::int64_t{blockIdx.x} * kRowsPerBlock + threadIdx.x / kWarpSize;
  if (row_of_tile >= tile.dots.rows) return;
  const std::int64_t row = tile.first_row + row_of_tile;
  float* dots = tile.dots.data + row_of_tile * tile.dots.columns;
  const LogitRule logit_of(inputs, row, tile.first_column);
  const int lane = threadIdx.x % kWarpSize;
  const float share = ShareOf(inputs, row);
  const float largest = state.largest[row];
  const float factor = share / static_cast<float>(state.sum[row]);
  float along = 0;
  for (std::int64_t c = lane; c < tile.dots.columns; c += kWarpSize) {
    const float dot = dots[c];
    const float probability = ShiftedExponential(logit_of(dot, c), largest) * factor;
    const float slope = c == logit_of.positive ? probability - share : probability;
    dots[c] = slope;
    along = fmaf(slope, dot, along);
  }
  along = WarpSum(along);
  if (lane == 0) state.along[row] += along;
}

// One block.
__global__ void __launch_bounds__(kThreads)
    FinishSoftmaxLossKernel(tensor::SoftmaxLossInputs inputs, SoftmaxRows state, float* __restrict__ loss) {
  double sum = 0;
  for (std::int64_t row = threadIdx.x; row < inputs.queries.rows; row += kThreads) {
    const double of_row = log(state.sum[row]) + (static_cast<double>(state.largest[row]) - state.positive_logit[row]);
    sum += of_row * ShareOf(inputs, row);
  }
  const double total = BlockSum<kThreads>(sum);
  if (threadIdx.x == 0) *loss = static_cast<float>(total);
}

// One block.
__global__ void __launch_bounds__(kThreads)
    FinishScaleGradientKernel(std::int64_t rows, SoftmaxRows state, float* __restrict__ scale_gradient) {
  double sum = 0;
  for (std::int64_t row = threadIdx.x; row < rows; row += kThreads) sum += state.along[row];
  const double total = BlockSum<kThreads>(sum);
  if (threadIdx.x == 0) *scale_gradient = static_cast<float>(total);
}

void StartSoftmaxRows(Queue& queue, std::int64_t rows, const SoftmaxRows& state) {
  Launch("SoftmaxLoss", {BlocksFor(rows, kThreads), kThreads}, queue.stream(), StartSoftmaxRowsKernel, rows, state);
}

void AccumulateSoftmaxTile(Queue& queue, const tensor::SoftmaxLossInputs& inputs, const SoftmaxTile& tile,
                           const SoftmaxRows& state) {
  Launch("SoftmaxLoss", {BlocksFor(tile.dots.rows, kRowsPerBlock), kThreads}, queue.stream(),
         AccumulateSoftmaxTileKernel, inputs, tile, state);
}

void DifferentiateSoftmaxTile(Queue& queue, const tensor::SoftmaxLossInputs& inputs, const SoftmaxTile& tile,
                              const SoftmaxRows& state) {
  Launch("SoftmaxLoss", {BlocksFor(tile.dots.rows, kRowsPerBlock), kThreads}, queue.stream(),
         DifferentiateSoftmaxTileKernel, inputs, tile, state);
}

void FinishSoftmaxRows(Queue& queue, const tensor::SoftmaxLossInputs& inputs, const SoftmaxRows& state, float* loss,
                       float* scale_gradient) {
  Launch("SoftmaxLoss", {1, kThreads}, queue.stream(), FinishSoftmaxLossKernel, inputs, state, loss);
  if (scale_gradient == nullptr) return;
  Launch("SoftmaxLoss", {1, kThreads}, queue.stream(), FinishScaleGradientKernel, inputs.queries.rows, state,
         scale_gradient);
}

}  // namespace shortlist::cuda
