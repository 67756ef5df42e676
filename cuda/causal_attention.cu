// Causal multi-head attention within sequences that stand one behind the other, and its gradients.
//
// Shapes: queries and keys [rows, K], values and out [rows, V], log_sums [rows, heads], offsets [sequences + 1].
// Mapping: one warp per row and head, which finds its sequence by bisection of the offsets. A warp takes the rows that
// it attends to 32 at a time: each lane forms the logit of one of them, then the lanes share out the columns. The
// gradients of keys and values are those of the same warp for the rows that attend to its own. The logits of a row are
// formed anew in each pass, and never stored; of the gradients of biases scratch memory holds a row of `distances` per
// row and head, whose column sums they are. Deterministic: all sums are in an order of the shapes only.
#include <cmath>

#include "cuda/block_reduce.h"
#include "cuda/causal_attention.h"
#include "cuda/column_sums.h"
#include "cuda/launch.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 128;
constexpr int kWarpsPerBlock = kThreads / kWarpSize;

}  // namespace

// The arguments of all kernels below.
struct AttentionArrays {
  const float* queries;
  const float* keys;
  const float* values;
  const std::int64_t* offsets;
  const float* distance_bias;  // or null
  std::int64_t sequences;
  std::int64_t rows;
  std::int64_t heads;
  std::int64_t key_columns;
  std::int64_t value_columns;
  std::int64_t distances;
  float scale;
};

// One warp's row and head.
struct AttentionPlace {
  std::int64_t row;
  std::int64_t head;
  std::int64_t begin;  // of the row's sequence
  std::int64_t end;
  int lane;

  __device__ static std::int64_t Number() {
    return std::int64_t{blockIdx.x} * kWarpsPerBlock + threadIdx.x / kWarpSize;
  }
  __device__ explicit AttentionPlace(const AttentionArrays& arrays)
      : row(Number() / arrays.heads), head(Number() % arrays.heads), lane(threadIdx.x % kWarpSize) {
    std::int64_t low = 0;  // the last sequence that begins at the row or before it
    std::int64_t high = arrays.sequences - 1;
    while (low < high) {
      const std::int64_t middle = (low + high + 1) / 2;
      if (arrays.offsets[middle] <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    begin = arrays.offsets[low];
    end = arrays.offsets[low + 1];
  }
};

// The dot product of one head's columns of two rows.
__device__ inline float DotOfHead(const float* a, const float* b, std::int64_t width) {
  float sum = 0;
  for (std::int64_t c = 0; c < width; ++c) sum += a[c] * b[c];
  return sum;
}

__device__ inline float AttentionLogit(const AttentionArrays& arrays, std::int64_t head, std::int64_t i,
                                       std::int64_t j) {
  const std::int64_t width = arrays.key_columns / arrays.heads;
  const std::int64_t first = head * width;
  const float logit = arrays.scale * DotOfHead(arrays.queries + i * arrays.key_columns + first,
                                               arrays.keys + j * arrays.key_columns + first, width);
  if (arrays.distance_bias == nullptr) return logit;
  return logit + arrays.distance_bias[head * arrays.distances + min(i - j, arrays.distances - 1)];
}

// target (+)= the sum over lanes of a lane's weight times its row, over the columns of a head. Lane l < count has the
// row at rows + l * stride; all must take part.
__device__ inline void WeightedRows(float weight, const float* rows, std::int64_t stride, int count, std::int64_t width,
                                    tensor::Write write, float* target) {
  for (std::int64_t first = 0; first < width; first += kWarpSize) {
    const std::int64_t column = first + threadIdx.x % kWarpSize;
    float sum = 0;
#pragma unroll 1  // else registers are spilled on sm_100
    for (int l = 0; l < count; ++l) {
      const float of_lane = __shfl_sync(kFullWarp, weight, l);
      if (column < width) sum += of_lane * rows[l * stride + column];
    }
    if (column < width) target[column] = write == tensor::Write::kAdd ? target[column] + sum : sum;
  }
}

// The first rows of a warp overwrite what later ones add to.
__device__ inline tensor::Write WriteOfTile(std::int64_t tile) {
  return tile == 0 ? tensor::Write::kOverwrite : tensor::Write::kAdd;
}

__global__ void __launch_bounds__(kThreads)
    CausalAttentionKernel(AttentionArrays arrays, float* __restrict__ out, float* __restrict__ log_sums) {
  if (AttentionPlace::Number() >= arrays.rows * arrays.heads) return;
  const AttentionPlace place(arrays);
  const std::int64_t count = place.row - place.begin + 1;
  float largest = -INFINITY;
  float sum = 0;
  for (std::int64_t j = place.lane; j < count; j += kWarpSize) {
    const float logit = AttentionLogit(arrays, place.head, place.row, place.begin + j);
    const float raised = fmaxf(largest, logit);
    sum = sum * expf(largest - raised) + expf(logit - raised);
    largest = raised;
  }
  const float of_all = WarpMax(largest);
  const float log_sum = of_all + logf(WarpSum(sum * expf(largest - of_all)));
  if (place.lane == 0) log_sums[place.row * arrays.heads + place.head] = log_sum;

  const std::int64_t width = arrays.value_columns / arrays.heads;
  const std::int64_t first = place.head * width;
  for (std::int64_t tile = 0; tile < count; tile += kWarpSize) {
    const int rows = static_cast<int>(min(count - tile, std::int64_t{kWarpSize}));
    const std::int64_t j = place.begin + tile + place.lane;
    const float weight = place.lane < rows ? expf(AttentionLogit(arrays, place.head, place.row, j) - log_sum) : 0.0F;
    WeightedRows(weight, arrays.values + (place.begin + tile) * arrays.value_columns + first, arrays.value_columns,
                 rows, width, WriteOfTile(tile), out + place.row * arrays.value_columns + first);
  }
}

// What a row's gradients are made of.
struct AttentionSlopes {
  const float* log_sums;      // [rows, heads]
  const float* out_gradient;  // [rows, V]
  float* along;               // [rows, heads], out . out_gradient of each head
};

struct WeightAndSlope {
  float weight;
  float slope;  // d loss / d logit
};

__device__ inline WeightAndSlope SlopeOf(const AttentionArrays& arrays, const AttentionSlopes& slopes, float along,
                                         std::int64_t head, std::int64_t i, std::int64_t j) {
  const std::int64_t width = arrays.value_columns / arrays.heads;
  const float weight = expf(AttentionLogit(arrays, head, i, j) - slopes.log_sums[i * arrays.heads + head]);
  const float of_weight = DotOfHead(slopes.out_gradient + i * arrays.value_columns + head * width,
                                    arrays.values + j * arrays.value_columns + head * width, width);
  return {weight, weight * (of_weight - along)};
}

// One row's share of the gradient of a head's distance biases, [distances]; null terms: not wanted.
struct BiasTerms {
  float* terms;
  std::int64_t distances;
  float farthest = 0;  // the lane's share at the last distance, which stands for those behind it too

  __device__ void Take(std::int64_t distance, float slope) {
    if (terms == nullptr) return;
    if (distance < distances - 1) {
      terms[distance] = slope;
    } else {
      farthest += slope;
    }
  }
  // All lanes of the warp, when the row's `taken` distances are.
  __device__ void Finish(std::int64_t taken, int lane) const {
    if (terms == nullptr) return;
    const float sum = WarpSum(farthest);
    for (std::int64_t d = taken + lane; d < distances - 1; d += kWarpSize) terms[d] = 0;
    if (lane == 0) terms[distances - 1] = sum;
  }
};

// out . out_gradient of the warp's row and head.
__device__ inline float AlongGradient(const AttentionArrays& arrays, const AttentionPlace& place, const float* out,
                                      const float* out_gradient) {
  const std::int64_t width = arrays.value_columns / arrays.heads;
  const std::int64_t first = place.row * arrays.value_columns + place.head * width;
  float sum = 0;
  for (std::int64_t c = place.lane; c < width; c += kWarpSize) sum += out[first + c] * out_gradient[first + c];
  return WarpSum(sum);
}

// Gradients of queries, and bias_terms [rows, heads, distances] unless it is null.
__global__ void __launch_bounds__(kThreads)
    AttentionQueryGradientKernel(AttentionArrays arrays, AttentionSlopes slopes, const float* __restrict__ out,
                                 float* __restrict__ query_gradient, float* __restrict__ bias_terms) {
  if (AttentionPlace::Number() >= arrays.rows * arrays.heads) return;
  const AttentionPlace place(arrays);
  const float along = AlongGradient(arrays, place, out, slopes.out_gradient);
  if (place.lane == 0) slopes.along[place.row * arrays.heads + place.head] = along;
  float* of_row = bias_terms == nullptr ? nullptr : bias_terms + AttentionPlace::Number() * arrays.distances;
  BiasTerms terms = {of_row, arrays.distances};

  const std::int64_t count = place.row - place.begin + 1;
  const std::int64_t width = arrays.key_columns / arrays.heads;
  const std::int64_t first = place.head * width;
  for (std::int64_t tile = 0; tile < count; tile += kWarpSize) {
    const int rows = static_cast<int>(min(count - tile, std::int64_t{kWarpSize}));
    const std::int64_t j = place.begin + tile + place.lane;
    float slope = 0;
    if (place.lane < rows) {
      slope = SlopeOf(arrays, slopes, along, place.head, place.row, j).slope;
      terms.Take(place.row - j, slope);
    }
    WeightedRows(arrays.scale * slope, arrays.keys + (place.begin + tile) * arrays.key_columns + first,
                 arrays.key_columns, rows, width, WriteOfTile(tile),
                 query_gradient + place.row * arrays.key_columns + first);
  }
  terms.Finish(count, place.lane);
}

// Gradients of keys and values: of the rows from the warp's own to the end of its sequence.
__global__ void __launch_bounds__(kThreads)
    AttentionKeyGradientKernel(AttentionArrays arrays, AttentionSlopes slopes, float* __restrict__ key_gradient,
                               float* __restrict__ value_gradient) {
  if (AttentionPlace::Number() >= arrays.rows * arrays.heads) return;
  const AttentionPlace place(arrays);
  const std::int64_t count = place.end - place.row;
  const std::int64_t key_width = arrays.key_columns / arrays.heads;
  const std::int64_t value_width = arrays.value_columns / arrays.heads;
  for (std::int64_t tile = 0; tile < count; tile += kWarpSize) {
    const int rows = static_cast<int>(min(count - tile, std::int64_t{kWarpSize}));
    const std::int64_t i = place.row + tile + place.lane;
    WeightAndSlope of_lane = {0, 0};
    if (place.lane < rows) {
      const float along = slopes.along[i * arrays.heads + place.head];
      of_lane = SlopeOf(arrays, slopes, along, place.head, i, place.row);
    }
    const std::int64_t first_key = place.head * key_width;
    WeightedRows(arrays.scale * of_lane.slope, arrays.queries + (place.row + tile) * arrays.key_columns + first_key,
                 arrays.key_columns, rows, key_width, WriteOfTile(tile),
                 key_gradient + place.row * arrays.key_columns + first_key);
    const std::int64_t first_value = place.head * value_width;
    WeightedRows(of_lane.weight, slopes.out_gradient + (place.row + tile) * arrays.value_columns + first_value,
                 arrays.value_columns, rows, value_width, WriteOfTile(tile),
                 value_gradient + place.row * arrays.value_columns + first_value);
  }
}

namespace {

AttentionArrays ArraysOf(const tensor::AttentionInputs& inputs) {
  AttentionArrays arrays{};
  arrays.queries = inputs.queries.data;
  arrays.keys = inputs.keys.data;
  arrays.values = inputs.values.data;
  arrays.offsets = inputs.sequences.offsets;
  arrays.distance_bias = inputs.distance_bias.data;
  arrays.sequences = inputs.sequences.sequences;
  arrays.rows = inputs.sequences.rows;
  arrays.heads = inputs.heads;
  arrays.key_columns = inputs.keys.columns;
  arrays.value_columns = inputs.values.columns;
  arrays.distances = inputs.distance_bias.columns;
  arrays.scale = 1 / std::sqrt(static_cast<float>(inputs.keys.columns / inputs.heads));
  return arrays;
}

LaunchShape ShapeOf(const AttentionArrays& arrays) {
  return {BlocksFor(arrays.rows * arrays.heads, kWarpsPerBlock), kThreads};
}

}  // namespace

void CausalAttention(Queue& queue, const tensor::AttentionInputs& inputs, tensor::Matrix out, float* log_sums) {
  const AttentionArrays arrays = ArraysOf(inputs);
  Launch("CausalAttention", ShapeOf(arrays), queue.stream(), CausalAttentionKernel, arrays, out.data, log_sums);
}

void CausalAttentionBackward(Queue& queue, const tensor::AttentionInputs& inputs, tensor::ConstMatrix out,
                             const float* log_sums, tensor::ConstMatrix out_gradient,
                             const tensor::AttentionGradients& gradients) {
  const AttentionArrays arrays = ArraysOf(inputs);
  if (arrays.rows == 0) return;
  const bool biased = arrays.distance_bias != nullptr;
  const std::int64_t bias_width = arrays.heads * arrays.distances;
  AttentionSlopes slopes{};
  slopes.log_sums = log_sums;
  slopes.out_gradient = out_gradient.data;
  slopes.along = queue.workspace().Take<float>(arrays.rows * arrays.heads);
  float* bias_terms = biased ? queue.workspace().Take<float>(arrays.rows * bias_width) : nullptr;
  Launch("CausalAttentionBackward", ShapeOf(arrays), queue.stream(), AttentionQueryGradientKernel, arrays, slopes,
         out.data, gradients.queries.data, bias_terms);
  Launch("CausalAttentionBackward", ShapeOf(arrays), queue.stream(), AttentionKeyGradientKernel, arrays, slopes,
         gradients.keys.data, gradients.values.data);
  if (biased) AddColumnSums(queue, {bias_terms, arrays.rows, bias_width}, gradients.distance_bias.data);
}

}  // namespace shortlist::cuda
