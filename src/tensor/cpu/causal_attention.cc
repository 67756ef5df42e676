#include "tensor/cpu/causal_attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tensor/cpu/row_arithmetic.h"
#include "tensor/cpu/sequence_check.h"
#include "tensor/cpu/softmax_rows.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kSequencesPerTask = 16;

// One head of one sequence, rows [first, first + length).
class Head {
 public:
  Head(const AttentionInputs& inputs, std::int64_t sequence, std::int64_t head)
      : inputs_(inputs),
        first_(inputs.sequences.offsets[sequence]),
        length_(inputs.sequences.offsets[sequence + 1] - first_),
        head_(head),
        key_width_(inputs.keys.columns / inputs.heads),
        value_width_(inputs.values.columns / inputs.heads),
        scale_(1 / std::sqrt(static_cast<float>(key_width_))) {}

  std::int64_t length() const { return length_; }
  std::int64_t key_width() const { return key_width_; }
  std::int64_t value_width() const { return value_width_; }
  float scale() const { return scale_; }

  // The head's columns of row `i` of the sequence.
  template <class T>
  T* Row(T* data, std::int64_t columns, std::int64_t i) const {
    return data + (first_ + i) * columns + head_ * (columns / inputs_.heads);
  }
  const float* Query(std::int64_t i) const { return Row(inputs_.queries.data, inputs_.queries.columns, i); }
  const float* Key(std::int64_t i) const { return Row(inputs_.keys.data, inputs_.keys.columns, i); }
  const float* Value(std::int64_t i) const { return Row(inputs_.values.data, inputs_.values.columns, i); }
  // Of a matrix [rows, heads].
  std::int64_t Place(std::int64_t i) const { return (first_ + i) * inputs_.heads + head_; }
  std::int64_t Distance(std::int64_t i, std::int64_t j) const {
    return std::min(i - j, inputs_.distance_bias.columns - 1);
  }

  // logits[j] for j <= i.
  void Logits(std::int64_t i, float* logits) const {
    const float* query = Query(i);
    for (std::int64_t j = 0; j <= i; ++j) logits[j] = scale_ * Dot(query, Key(j), key_width_);
    if (inputs_.distance_bias.data == nullptr) return;
    const float* bias = inputs_.distance_bias.data + head_ * inputs_.distance_bias.columns;
    for (std::int64_t j = 0; j <= i; ++j) logits[j] += bias[Distance(i, j)];
  }

 private:
  const AttentionInputs& inputs_;
  std::int64_t first_;
  std::int64_t length_;
  std::int64_t head_;
  std::int64_t key_width_;
  std::int64_t value_width_;
  float scale_;
};

void Attend(const Head& head, Matrix out, float* log_sums, std::vector<float>& weights) {
  for (std::int64_t i = 0; i < head.length(); ++i) {
    head.Logits(i, weights.data());
    const float largest = *std::max_element(weights.begin(), weights.begin() + i + 1);
    const float sum = ShiftedExponentials(largest, i + 1, weights.data());
    log_sums[head.Place(i)] = largest + std::log(sum);
    float* row = head.Row(out.data, out.columns, i);
    std::fill(row, row + head.value_width(), 0.0F);
    for (std::int64_t j = 0; j <= i; ++j) {
      AddScaledRow(head.Value(j), weights[static_cast<std::size_t>(j)] / sum, head.value_width(), row);
    }
  }
}

// `bias_gradient` is the head's row of the task's sums, or null.
void Differentiate(const Head& head, ConstMatrix out, const float* log_sums, ConstMatrix out_gradient,
                   const AttentionGradients& gradients, float* bias_gradient, std::vector<float>& weights) {
  const std::int64_t keys = gradients.keys.columns;
  const std::int64_t values = gradients.values.columns;
  for (std::int64_t i = 0; i < head.length(); ++i) {
    head.Logits(i, weights.data());
    ShiftedExponentials(log_sums[head.Place(i)], i + 1, weights.data());
    const float* row_gradient = head.Row(out_gradient.data, values, i);
    const float along = Dot(head.Row(out.data, values, i), row_gradient, head.value_width());
    float* query_gradient = head.Row(gradients.queries.data, keys, i);
    for (std::int64_t j = 0; j <= i; ++j) {
      const float weight = weights[static_cast<std::size_t>(j)];
      AddScaledRow(row_gradient, weight, head.value_width(), head.Row(gradients.values.data, values, j));
      const float slope = weight * (Dot(row_gradient, head.Value(j), head.value_width()) - along);
      AddScaledRow(head.Key(j), slope * head.scale(), head.key_width(), query_gradient);
      AddScaledRow(head.Query(i), slope * head.scale(), head.key_width(), head.Row(gradients.keys.data, keys, j));
      if (bias_gradient != nullptr) bias_gradient[head.Distance(i, j)] += slope;
    }
  }
}

void ZeroRows(Matrix matrix, std::int64_t begin, std::int64_t end) {
  std::fill(matrix.data + begin * matrix.columns, matrix.data + end * matrix.columns, 0.0F);
}

}  // namespace

void CausalAttention(base::ThreadPool& pool, const AttentionInputs& inputs, Matrix out, float* log_sums) {
  CheckSequences("CausalAttention", inputs.sequences);
  pool.ParallelFor(inputs.sequences.sequences, kSequencesPerTask, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> weights(static_cast<std::size_t>(inputs.sequences.longest));
    for (std::int64_t s = begin; s < end; ++s) {
      for (std::int64_t h = 0; h < inputs.heads; ++h) Attend(Head(inputs, s, h), out, log_sums, weights);
    }
  });
}

void CausalAttentionBackward(base::ThreadPool& pool, const AttentionInputs& inputs, ConstMatrix out,
                             const float* log_sums, ConstMatrix out_gradient, const AttentionGradients& gradients) {
  CheckSequences("CausalAttentionBackward", inputs.sequences);
  const SequencesView& sequences = inputs.sequences;
  const std::int64_t distances = inputs.distance_bias.columns;
  const std::int64_t bias_size = inputs.distance_bias.data == nullptr ? 0 : inputs.distance_bias.size();
  const std::int64_t tasks = (sequences.sequences + kSequencesPerTask - 1) / kSequencesPerTask;
  std::vector<float> bias_sums(static_cast<std::size_t>(tasks * bias_size));
  pool.ParallelFor(sequences.sequences, kSequencesPerTask, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> weights(static_cast<std::size_t>(sequences.longest));
    for (const Matrix& gradient : {gradients.queries, gradients.keys, gradients.values}) {
      ZeroRows(gradient, sequences.offsets[begin], sequences.offsets[end]);
    }
    float* sums = bias_sums.data() + begin / kSequencesPerTask * bias_size;
    for (std::int64_t s = begin; s < end; ++s) {
      for (std::int64_t h = 0; h < inputs.heads; ++h) {
        Differentiate(Head(inputs, s, h), out, log_sums, out_gradient, gradients,
                      bias_size == 0 ? nullptr : sums + h * distances, weights);
      }
    }
  });
  for (std::int64_t t = 0; t < tasks; ++t) {
    if (bias_size > 0) AddScaledRow(bias_sums.data() + t * bias_size, 1, bias_size, gradients.distance_bias.data);
  }
}

}  // namespace shortlist::tensor::cpu
