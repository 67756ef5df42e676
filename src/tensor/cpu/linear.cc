#include "tensor/cpu/linear.h"

#include <limits>
#include <vector>

#include "tensor/cpu/gemm.h"
#include "tensor/cpu/product_factor.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kBatchTile = 256;
constexpr std::int64_t kWeightTile = 64;

ConstTile ColumnsOf(ConstMatrix matrix, std::int64_t begin, std::int64_t end) {
  return {matrix.data + begin, matrix.rows, end - begin, matrix.columns};
}

// d loss / d (input * weight + bias): out_gradient itself, or written to `scratch`.
ConstMatrix PreActivationGradient(base::ThreadPool& pool, ConstMatrix out, Activation activation,
                                  ConstMatrix out_gradient, Matrix scratch) {
  if (activation == Activation::kNone) return out_gradient;
  pool.ParallelFor(out.rows, kBatchTile, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t at = begin * out.columns;
    KeepWherePositive(out.data + at, out_gradient.data + at, end * out.columns - at, scratch.data + at);
  });
  return scratch;
}

void AddColumnSums(ConstMatrix matrix, float* sums) {
  for (std::int64_t r = 0; r < matrix.rows; ++r) {
    AddScaledRow(matrix.data + r * matrix.columns, 1, matrix.columns, sums);
  }
}

}  // namespace

void Linear(base::ThreadPool& pool, Precision precision, ConstMatrix input, ConstMatrix weight, const float* bias,
            Activation activation, Matrix out) {
  const std::vector<float> no_bias(bias == nullptr ? static_cast<std::size_t>(out.columns) : 0);
  const float* added = bias == nullptr ? no_bias.data() : bias;
  const float floor = activation == Activation::kRelu ? 0 : -std::numeric_limits<float>::infinity();
  const ProductFactor right(FactorSide::kRight, All(weight), Orientation::kAsStored, precision);
  pool.ParallelFor(out.rows, kBatchTile, [&](std::int64_t begin, std::int64_t end) {
    const ProductFactor left(FactorSide::kLeft, RowsOf(input, begin, end), Orientation::kAsStored, precision);
    Multiply(left.All(), right.All(), Write::kOverwrite, RowsOf(out, begin, end));
    for (std::int64_t r = begin; r < end; ++r) AddWithFloor(added, floor, out.columns, out.data + r * out.columns);
  });
}

void LinearBackward(base::ThreadPool& pool, Precision precision, ConstMatrix input, ConstMatrix weight, ConstMatrix out,
                    Activation activation, ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                    Matrix weight_gradient, float* bias_gradient) {
  const ConstMatrix slope = PreActivationGradient(pool, out, activation, out_gradient, scratch);
  const ProductFactor slopes(FactorSide::kRight, All(slope), Orientation::kAsStored, precision);
  pool.ParallelFor(weight.rows, kWeightTile, [&](std::int64_t begin, std::int64_t end) {
    const ProductFactor left(FactorSide::kLeft, ColumnsOf(input, begin, end), Orientation::kTransposed, precision);
    Multiply(left.All(), slopes.All(), Write::kAdd, RowsOf(weight_gradient, begin, end));
  });
  if (bias_gradient != nullptr) AddColumnSums(slope, bias_gradient);
  if (input_gradient.data == nullptr) return;
  const ProductFactor weights(FactorSide::kRight, All(weight), Orientation::kTransposed, precision);
  pool.ParallelFor(input.rows, kBatchTile, [&](std::int64_t begin, std::int64_t end) {
    const ProductFactor left(FactorSide::kLeft, RowsOf(slope, begin, end), Orientation::kAsStored, precision);
    Multiply(left.All(), weights.All(), write, RowsOf(input_gradient, begin, end));
  });
}

}  // namespace shortlist::tensor::cpu
