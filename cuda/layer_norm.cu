// Rows minus their mean, over their deviation, times a gain plus a bias; and the gradient of that.
//
// Shapes: input, out and gradients [rows, columns], statistics [rows, 2], gain, bias and their gradients [columns].
// Mapping: one warp per row; its lanes read neighbors. The gradient of the gain is the column sums of out_gradient
// times the normalized rows, which the row kernel leaves in scratch memory. Deterministic: the order of a row's sums
// depends on its length, that of column sums on the shape only.
#include "cuda/block_reduce.h"
#include "cuda/column_sums.h"
#include "cuda/launch.h"
#include "cuda/layer_norm.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 128;
constexpr int kRowsPerBlock = kThreads / kWarpSize;

}  // namespace

__global__ void __launch_bounds__(kThreads)
    LayerNormKernel(const float* __restrict__ input, const float* __restrict__ gain, const float* __restrict__ bias,
                    std::int64_t rows, std::int64_t columns, float* __restrict__ out, float* __restrict__ statistics) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kRowsPerBlock + threadIdx.x / kWarpSize;
  if (row >= rows) return;
  const int lane = threadIdx.x % kWarpSize;
  const float* values = input + row * columns;
  float sum = 0;
  for (std::int64_t c = lane; c < columns; c += kWarpSize) sum += values[c];
  const float mean = WarpSum(sum) / static_cast<float>(columns);
  float squares = 0;
  for (std::int64_t c = lane; c < columns; c += kWarpSize) squares += (values[c] - mean) * (values[c] - mean);
  const float variance = WarpSum(squares) / static_cast<float>(columns);
  const float deviation = 1 / sqrtf(variance + tensor::kLayerNormEpsilon);
  for (std::int64_t c = lane; c < columns; c += kWarpSize) {
    out[row * columns + c] = (values[c] - mean) * deviation * gain[c] + bias[c];
  }
  if (lane > 0) return;
  statistics[2 * row] = mean;
  statistics[2 * row + 1] = deviation;
}

// gain_terms [rows, columns] receives out_gradient times the normalized rows.
__global__ void __launch_bounds__(kThreads)
    LayerNormBackwardKernel(const float* __restrict__ input, const float* __restrict__ gain,
                            const float* __restrict__ statistics, const float* __restrict__ out_gradient,
                            std::int64_t rows, std::int64_t columns, float* __restrict__ input_gradient,
                            float* __restrict__ gain_terms) {
  const std::int64_t row = std::int64_t{blockIdx.x} * kRowsPerBlock + threadIdx.x / kWarpSize;
  if (row >= rows) return;
  const int lane = threadIdx.x % kWarpSize;
  const std::int64_t at = row * columns;
  const float mean = statistics[2 * row];
  const float deviation = statistics[2 * row + 1];
  float shift = 0;
  float along = 0;
  for (std::int64_t c = lane; c < columns; c += kWarpSize) {
    const float normalized = (input[at + c] - mean) * deviation;
    const float slope = gain[c] * out_gradient[at + c];
    gain_terms[at + c] = normalized * out_gradient[at + c];
    shift += slope;
    along += slope * normalized;
  }
  shift = WarpSum(shift) / static_cast<float>(columns);
  along = WarpSum(along) / static_cast<float>(columns);
  for (std::int64_t c = lane; c < columns; c += kWarpSize) {
    const float normalized = (input[at + c] - mean) * deviation;
    input_gradient[at + c] = (gain[c] * out_gradient[at + c] - shift - normalized * along) * deviation;
  }
}

void LayerNorm(Queue& queue, tensor::ConstMatrix input, const float* gain, const float* bias, tensor::Matrix out,
               float* statistics) {
  Launch("LayerNorm", {BlocksFor(input.rows, kRowsPerBlock), kThreads}, queue.stream(), LayerNormKernel, input.data,
         gain, bias, input.rows, input.columns, out.data, statistics);
}

void LayerNormBackward(Queue& queue, tensor::ConstMatrix input, const float* gain, const float* statistics,
                       tensor::ConstMatrix out_gradient, tensor::Matrix input_gradient, float* gain_gradient,
                       float* bias_gradient) {
  if (input.size() == 0) return;
  auto* gain_terms = queue.workspace().Take<float>(input.size());
  Launch("LayerNormBackward", {BlocksFor(input.rows, kRowsPerBlock), kThreads}, queue.stream(), LayerNormBackwardKernel,
         input.data, gain, statistics, out_gradient.data, input.rows, input.columns, input_gradient.data, gain_terms);
  AddColumnSums(queue, {gain_terms, input.rows, input.columns}, gain_gradient);
  AddColumnSums(queue, out_gradient, bias_gradient);
}

}  // namespace shortlist::cuda
