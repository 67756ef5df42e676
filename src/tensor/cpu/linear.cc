#include "tensor/cpu/linear.h"

#include <limits>
#include <optional>
#include <vector>

#include "tensor/cpu/gemm.h"
#include "tensor/cpu/product_factor.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kBatchTile = 256;
constexpr std::int64_t kWeightTile = 64;

// d loss / d (input * weight + bias) in rows of the batch: out_gradient itself, or written to `scratch`.
ConstTile PreActivationGradient(ConstMatrix out, Activation activation, ConstMatrix out_gradient, const Matrix& scratch,
                                std::int64_t begin, std::int64_t end) {
  if (activation == Activation::kNone) return RowsOf(out_gradient, begin, end);
  const std::int64_t at = begin * out.columns;
  KeepWherePositive(out.data + at, out_gradient.data + at, end * out.columns - at, scratch.data + at);
  return RowsOf(ConstMatrix(scratch), begin, end);
}

void AddColumnSums(const ConstTile& rows, float* sums) {
  for (std::int64_t r = 0; r < rows.rows; ++r) AddScaledRow(rows.data + r * rows.stride, 1, rows.columns, sums);
}

// What some rows of the batch contribute to the gradients of weights and bias. All of it is made at once, while the
// rows are in the cache.
struct BatchTile {
  ProductFactor inputs;
  ProductFactor slopes;
  std::vector<float> slope_sums;  // of each column
};

BatchTile MakeBatchTile(Precision precision, const ConstTile& inputs, const ConstTile& slopes) {
  BatchTile tile = {ProductFactor(FactorSide::kLeft, inputs, Orientation::kTransposed, precision),
                    ProductFactor(FactorSide::kRight, slopes, Orientation::kAsStored, precision),
                    std::vector<float>(static_cast<std::size_t>(slopes.columns))};
  AddColumnSums(slopes, tile.slope_sums.data());
  return tile;
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
  std::optional<ProductFactor> weights;
  if (input_gradient.data != nullptr) {
    weights.emplace(FactorSide::kRight, All(weight), Orientation::kTransposed, precision);
  }
  std::vector<std::optional<BatchTile>> tiles(static_cast<std::size_t>((out.rows + kBatchTile - 1) / kBatchTile));
  pool.ParallelFor(out.rows, kBatchTile, [&](std::int64_t begin, std::int64_t end) {
    const ConstTile slopes = PreActivationGradient(out, activation, out_gradient, scratch, begin, end);
    tiles[static_cast<std::size_t>(begin / kBatchTile)] = MakeBatchTile(precision, RowsOf(input, begin, end), slopes);
    if (!weights) return;
    const ProductFactor left(FactorSide::kLeft, slopes, Orientation::kAsStored, precision);
    Multiply(left.All(), weights->All(), write, RowsOf(input_gradient, begin, end));
  });
  pool.ParallelFor(weight.rows, kWeightTile, [&](std::int64_t begin, std::int64_t end) {
    for (const std::optional<BatchTile>& tile : tiles) {
      Multiply(tile->inputs.Outer(begin, end), tile->slopes.All(), Write::kAdd, RowsOf(weight_gradient, begin, end));
    }
  });
  if (bias_gradient == nullptr) return;
  for (const std::optional<BatchTile>& tile : tiles) {
    AddScaledRow(tile->slope_sums.data(), 1, out.columns, bias_gradient);
  }
}

}  // namespace shortlist::tensor::cpu
