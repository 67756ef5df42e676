#include "tensor/cpu/layer_norm.h"

#include <cmath>
#include <vector>

#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kRowsPerTask = 64;

// Sums over the rows of one task, which are added up in the order of tasks.
struct PartialSums {
  std::vector<float> gain;
  std::vector<float> bias;
};

void NormalizeRow(const float* input, const float* ones, const float* gain, const float* bias, std::int64_t columns,
                  float* out, float* statistics) {
  const float mean = Dot(input, ones, columns) / static_cast<float>(columns);
  for (std::int64_t c = 0; c < columns; ++c) out[c] = input[c] - mean;
  const float variance = Dot(out, out, columns) / static_cast<float>(columns);
  const float deviation = 1 / std::sqrt(variance + kLayerNormEpsilon);
  for (std::int64_t c = 0; c < columns; ++c) out[c] = out[c] * deviation * gain[c] + bias[c];
  statistics[0] = mean;
  statistics[1] = deviation;
}

// Leaves the normalized row in `normalized`, and gain * out_gradient in input_gradient before it is centered.
void DifferentiateRow(const float* input, const float* ones, const float* gain, const float* statistics,
                      const float* out_gradient, std::int64_t columns, float* normalized, float* input_gradient) {
  const float mean = statistics[0];
  const float deviation = statistics[1];
  for (std::int64_t c = 0; c < columns; ++c) {
    normalized[c] = (input[c] - mean) * deviation;
    input_gradient[c] = gain[c] * out_gradient[c];
  }
  const float shift = Dot(input_gradient, ones, columns) / static_cast<float>(columns);
  const float along = Dot(input_gradient, normalized, columns) / static_cast<float>(columns);
  for (std::int64_t c = 0; c < columns; ++c) {
    input_gradient[c] = (input_gradient[c] - shift - normalized[c] * along) * deviation;
  }
}

}  // namespace

void LayerNorm(base::ThreadPool& pool, ConstMatrix input, const float* gain, const float* bias, Matrix out,
               float* statistics) {
  const std::vector<float> ones(static_cast<std::size_t>(input.columns), 1.0F);
  pool.ParallelFor(input.rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t at = r * input.columns;
      NormalizeRow(input.data + at, ones.data(), gain, bias, input.columns, out.data + at, statistics + 2 * r);
    }
  });
}

void LayerNormBackward(base::ThreadPool& pool, ConstMatrix input, const float* gain, const float* statistics,
                       ConstMatrix out_gradient, Matrix input_gradient, float* gain_gradient, float* bias_gradient) {
  const std::int64_t columns = input.columns;
  const auto width = static_cast<std::size_t>(columns);
  const std::vector<float> ones(width, 1.0F);
  std::vector<PartialSums> tasks(static_cast<std::size_t>((input.rows + kRowsPerTask - 1) / kRowsPerTask));
  pool.ParallelFor(input.rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    PartialSums& sums = tasks[static_cast<std::size_t>(begin / kRowsPerTask)];
    sums.gain.assign(width, 0.0F);
    sums.bias.assign(width, 0.0F);
    std::vector<float> normalized(width);
    for (std::int64_t r = begin; r < end; ++r) {
      const float* out_row = out_gradient.data + r * columns;
      DifferentiateRow(input.data + r * columns, ones.data(), gain, statistics + 2 * r, out_row, columns,
                       normalized.data(), input_gradient.data + r * columns);
      for (std::size_t c = 0; c < width; ++c) sums.gain[c] += out_row[c] * normalized[c];
      AddScaledRow(out_row, 1, columns, sums.bias.data());
    }
  });
  for (const PartialSums& sums : tasks) {
    AddScaledRow(sums.gain.data(), 1, columns, gain_gradient);
    AddScaledRow(sums.bias.data(), 1, columns, bias_gradient);
  }
}

}  // namespace shortlist::tensor::cpu
