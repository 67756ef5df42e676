#include "tensor/cpu/gru.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "tensor/cpu/gemm.h"
#include "tensor/cpu/gru_rows.h"
#include "tensor/cpu/product_factor.h"
#include "tensor/cpu/sequence_check.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kSequencesPerTask = 64;
constexpr std::int64_t kWeightTile = 64;

// The sequences of one task, longest first, so that those that have a step t are the first Active(t).
class StepOrder {
 public:
  StepOrder(const SequencesView& sequences, std::int64_t begin, std::int64_t end)
      : offsets_(sequences.offsets), order_(static_cast<std::size_t>(end - begin)) {
    std::iota(order_.begin(), order_.end(), begin);
    std::ranges::stable_sort(order_, std::greater<>(), [&](std::int64_t s) { return Length(s); });
  }

  std::int64_t steps() const { return Length(order_.front()); }
  std::int64_t Active(std::int64_t step) const {
    return std::ranges::partition_point(order_, [&](std::int64_t s) { return Length(s) > step; }) - order_.begin();
  }
  // Row of step `step` of the task's `place`-th sequence.
  std::int64_t Row(std::int64_t place, std::int64_t step) const {
    return offsets_[order_[static_cast<std::size_t>(place)]] + step;
  }

 private:
  std::int64_t Length(std::int64_t s) const { return offsets_[s + 1] - offsets_[s]; }

  const std::int64_t* offsets_;
  std::vector<std::int64_t> order_;
};

using Rows = std::vector<float>;

Rows ZeroRows(std::int64_t rows, std::int64_t columns) {
  return Rows(static_cast<std::size_t>(rows * columns), 0.0F);
}

void Advance(Precision precision, const StepOrder& order, std::int64_t tasks, ConstMatrix input_gates,
             const ProductFactor& weight, Matrix out, Matrix gates) {
  const std::int64_t width = out.columns;
  Rows states = ZeroRows(tasks, width);
  Rows products = ZeroRows(tasks, 3 * width);
  for (std::int64_t step = 0; step < order.steps(); ++step) {
    const std::int64_t active = order.Active(step);
    if (step > 0) {
      const ProductFactor left(FactorSide::kLeft, {states.data(), active, width, width}, Orientation::kAsStored,
                               precision);
      Multiply(left.All(), weight.All(), Write::kOverwrite, {products.data(), active, 3 * width, 3 * width});
    }
    for (std::int64_t a = 0; a < active; ++a) {
      const std::int64_t row = order.Row(a, step);
      float* state = states.data() + a * width;
      float* next = out.data + row * width;
      GruRow(input_gates.data + row * 3 * width, products.data() + a * 3 * width, state, width, next,
             gates.data + row * 4 * width);
      std::copy(next, next + width, state);
    }
  }
}

// Writes the gradients of the rows' own gates, and those of the products with the state to `product_gradient`.
void Retrace(Precision precision, const StepOrder& order, std::int64_t tasks, const ProductFactor& weight,
             ConstMatrix out, ConstMatrix gates, ConstMatrix out_gradient, Matrix input_gate_gradient,
             Matrix product_gradient) {
  const std::int64_t width = out.columns;
  const Rows start = ZeroRows(1, width);
  Rows carried = ZeroRows(tasks, width);
  Rows products = ZeroRows(tasks, 3 * width);
  for (std::int64_t step = order.steps(); step-- > 0;) {
    const std::int64_t active = order.Active(step);
    for (std::int64_t a = 0; a < active; ++a) {
      const std::int64_t row = order.Row(a, step);
      float* gradient = carried.data() + a * width;
      for (std::int64_t c = 0; c < width; ++c) gradient[c] += out_gradient.data[row * width + c];
      const float* state = step == 0 ? start.data() : out.data + (row - 1) * width;
      float* product = products.data() + a * 3 * width;
      GruRowBackward(gates.data + row * 4 * width, state, width, gradient, input_gate_gradient.data + row * 3 * width,
                     product);
      std::copy(product, product + 3 * width, product_gradient.data + row * 3 * width);
    }
    const ProductFactor left(FactorSide::kLeft, {products.data(), active, 3 * width, 3 * width}, Orientation::kAsStored,
                             precision);
    Multiply(left.All(), weight.All(), Write::kAdd, {carried.data(), active, width, width});
  }
}

// The state before each row: the row above, or zero at the start of a sequence.
void CopyStates(const SequencesView& sequences, std::int64_t begin, std::int64_t end, ConstMatrix out, Matrix states) {
  for (std::int64_t s = begin; s < end; ++s) {
    const std::int64_t first = sequences.offsets[s] * out.columns;
    const std::int64_t last = sequences.offsets[s + 1] * out.columns;
    if (first == last) continue;
    std::fill(states.data + first, states.data + first + out.columns, 0.0F);
    std::copy(out.data + first, out.data + last - out.columns, states.data + first + out.columns);
  }
}

}  // namespace

void Gru(base::ThreadPool& pool, Precision precision, ConstMatrix input_gates, const SequencesView& sequences,
         ConstMatrix recurrent_weight, Matrix out, Matrix gates) {
  CheckSequences("Gru", sequences);
  const ProductFactor weight(FactorSide::kRight, All(recurrent_weight), Orientation::kAsStored, precision);
  pool.ParallelFor(sequences.sequences, kSequencesPerTask, [&](std::int64_t begin, std::int64_t end) {
    Advance(precision, StepOrder(sequences, begin, end), end - begin, input_gates, weight, out, gates);
  });
}

void GruBackward(base::ThreadPool& pool, Precision precision, const SequencesView& sequences,
                 ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates, ConstMatrix out_gradient,
                 Matrix scratch, Matrix input_gate_gradient, Matrix recurrent_weight_gradient) {
  CheckSequences("GruBackward", sequences);
  const std::int64_t width = out.columns;
  const Matrix product_gradient = {scratch.data, sequences.rows, 3 * width};
  const Matrix states = {scratch.data + product_gradient.size(), sequences.rows, width};
  const ProductFactor weight(FactorSide::kRight, All(recurrent_weight), Orientation::kTransposed, precision);
  pool.ParallelFor(sequences.sequences, kSequencesPerTask, [&](std::int64_t begin, std::int64_t end) {
    Retrace(precision, StepOrder(sequences, begin, end), end - begin, weight, out, gates, out_gradient,
            input_gate_gradient, product_gradient);
    CopyStates(sequences, begin, end, out, states);
  });
  const ProductFactor slopes(FactorSide::kRight, All(product_gradient), Orientation::kAsStored, precision);
  pool.ParallelFor(width, kWeightTile, [&](std::int64_t begin, std::int64_t end) {
    const ProductFactor left(FactorSide::kLeft, {states.data + begin, states.rows, end - begin, width},
                             Orientation::kTransposed, precision);
    Multiply(left.All(), slopes.All(), Write::kAdd, RowsOf(recurrent_weight_gradient, begin, end));
  });
}

}  // namespace shortlist::tensor::cpu
