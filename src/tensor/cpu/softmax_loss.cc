#include "tensor/cpu/softmax_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "shortlist/error.h"
#include "tensor/cpu/flush_subnormals.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/product_factor.h"
#include "tensor/cpu/row_arithmetic.h"
#include "tensor/cpu/softmax_rows.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kTileColumns = 256;
constexpr std::int64_t kMinStripRows = 128;
constexpr std::int64_t kMaxStripRows = 256;
constexpr std::int64_t kStripFloats = 1 << 20;
constexpr std::int64_t kRowsPerTask = 64;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

std::int64_t StripRows(std::int64_t candidates) {
  const std::int64_t rows = kStripFloats / std::max<std::int64_t>(1, candidates) / kRowsPerTask * kRowsPerTask;
  return std::clamp(rows, kMinStripRows, kMaxStripRows);
}

// The parts that an absent optional input stands for.
struct Defaults {
  explicit Defaults(const SoftmaxLossInputs& inputs)
      : bias(inputs.bias == nullptr ? static_cast<std::size_t>(inputs.candidates.rows) : 0),
        item_ids(inputs.item_ids == nullptr ? static_cast<std::size_t>(inputs.candidates.rows) : 0) {
    std::iota(item_ids.begin(), item_ids.end(), 0);
  }
  SoftmaxLossInputs Complete(SoftmaxLossInputs inputs) const {
    if (inputs.bias == nullptr) inputs.bias = bias.data();
    if (inputs.item_ids == nullptr) inputs.item_ids = item_ids.data();
    return inputs;
  }

  std::vector<float> bias;
  std::vector<std::int32_t> item_ids;
};

// One strip of queries against all candidates. Every input is present.
class Strip {
 public:
  Strip(base::ThreadPool& pool, Precision precision, const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs)
      : pool_(pool),
        precision_(precision),
        candidates_of_logits_(FactorSide::kRight, All(inputs.candidates), Orientation::kTransposed, precision),
        candidates_of_gradients_(FactorSide::kRight, All(inputs.candidates), Orientation::kAsStored, precision),
        inputs_(inputs),
        outputs_(outputs),
        scale_(*inputs.scale),
        tiles_((inputs.candidates.rows + kTileColumns - 1) / kTileColumns),
        capacity_(std::min(inputs.queries.rows, StripRows(inputs.candidates.rows))),
        values_(std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(capacity_ * tiles_ * kTileColumns))),
        largest_(static_cast<std::size_t>(capacity_ * tiles_)),
        factors_(static_cast<std::size_t>(capacity_ * tiles_)),
        positive_logits_(static_cast<std::size_t>(capacity_)) {}

  // Takes queries [begin, end), at most StripRows of them: writes their gradients, adds to the candidates' gradients.
  // Adds to the sums of losses and of the scale's gradient, both not yet divided by the number of queries.
  void Run(std::int64_t begin, std::int64_t end, double& loss, double& scale_gradient) {
    begin_ = begin;
    rows_ = end - begin;
    const ProductFactor left(FactorSide::kLeft, Queries(), Orientation::kAsStored, precision_);
    pool_.ParallelFor(tiles_, 1, [this, &left](std::int64_t first, std::int64_t last) {
      const FlushSubnormals flush;
      for (std::int64_t tile = first; tile < last; ++tile) ComputeExponentials(left, tile);
    });
    for (std::int64_t r = 0; r < rows_; ++r) loss += Weight(r) * FinishRow(r);
    const ProductFactor right(FactorSide::kRight, Queries(), Orientation::kAsStored, precision_);
    pool_.ParallelFor(tiles_, 1, [this, &right](std::int64_t first, std::int64_t last) {
      const FlushSubnormals flush;
      for (std::int64_t tile = first; tile < last; ++tile) AddCandidateGradient(tile, right);
    });
    pool_.ParallelFor(rows_, kRowsPerTask, [this](std::int64_t first, std::int64_t last) {
      const FlushSubnormals flush;
      SumQueryGradient(first, last);
    });
    for (std::int64_t r = 0; r < rows_; ++r) scale_gradient += FinishQueryGradient(r);
  }

 private:
  std::int64_t TileBegin(std::int64_t tile) const { return tile * kTileColumns; }
  std::int64_t TileEnd(std::int64_t tile) const {
    return std::min(TileBegin(tile) + kTileColumns, inputs_.candidates.rows);
  }
  std::int64_t TileWidth(std::int64_t tile) const { return TileEnd(tile) - TileBegin(tile); }
  Tile ValuesOf(std::int64_t tile) const {
    return {values_.get() + tile * capacity_ * kTileColumns, rows_, TileWidth(tile), kTileColumns};
  }
  std::size_t At(std::int64_t row, std::int64_t tile) const { return static_cast<std::size_t>(row * tiles_ + tile); }
  std::int32_t Positive(std::int64_t row) const { return inputs_.positives[begin_ + row]; }
  float Weight(std::int64_t row) const {
    return inputs_.row_weights == nullptr ? 1 : inputs_.row_weights[begin_ + row];
  }
  float PositiveBias(std::int64_t row) const {
    const float of_row = inputs_.positive_bias == nullptr ? 0 : inputs_.positive_bias[begin_ + row];
    return inputs_.bias[Positive(row)] + of_row;
  }
  // Weight of a row's loss in the mean.
  float Share(std::int64_t row) const { return Weight(row) / static_cast<float>(inputs_.queries.rows); }

  ConstTile Queries() const { return RowsOf(inputs_.queries, begin_, begin_ + rows_); }

  void ComputeExponentials(const ProductFactor& queries, std::int64_t tile) {
    const Tile values = ValuesOf(tile);
    Multiply(1, queries.All(), candidates_of_logits_.Outer(TileBegin(tile), TileEnd(tile)), 0, values);
    for (std::int64_t r = 0; r < rows_; ++r) {
      float* row = values.data + r * values.stride;
      const float largest = ComputeLogits(r, tile, row);
      const float shift = largest == kMinusInfinity ? 0 : largest;
      largest_[At(r, tile)] = largest;
      factors_[At(r, tile)] = ShiftedExponentials(shift, values.columns, row);
    }
  }

  // Turns dot products into logits; returns the largest. The masks hide the positive too, so it is put back.
  float ComputeLogits(std::int64_t r, std::int64_t tile, float* row) {
    const std::int64_t begin = TileBegin(tile);
    const std::int32_t positive = Positive(r);
    const bool holds_positive = positive >= begin && positive < TileEnd(tile);
    const float logit = holds_positive ? scale_ * row[positive - begin] + PositiveBias(r) : kMinusInfinity;
    const std::int64_t hidden = std::clamp<std::int64_t>(inputs_.first_negative - begin, 0, TileWidth(tile));
    std::fill_n(row, hidden, kMinusInfinity);
    const float largest = BiasAndMask(scale_, inputs_.bias + begin + hidden, inputs_.item_ids + begin + hidden,
                                      inputs_.item_ids[positive], TileWidth(tile) - hidden, row + hidden);
    if (!holds_positive) return largest;
    positive_logits_[static_cast<std::size_t>(r)] = logit;
    row[positive - begin] = logit;
    return std::max(largest, logit);
  }

  // Combines the tiles' sums; leaves in factors_ what turns the exponentials into probabilities times the row's share.
  // Returns the row's loss.
  double FinishRow(std::int64_t r) {
    const auto first = largest_.begin() + r * tiles_;
    const float largest = *std::max_element(first, first + tiles_);
    double sum = 0;
    for (std::int64_t tile = 0; tile < tiles_; ++tile) {
      if (largest_[At(r, tile)] == kMinusInfinity) continue;
      sum += factors_[At(r, tile)] * std::exp(static_cast<double>(largest_[At(r, tile)]) - largest);
    }
    for (std::int64_t tile = 0; tile < tiles_; ++tile) {
      const double relative = std::exp(static_cast<double>(largest_[At(r, tile)]) - largest) / sum;
      factors_[At(r, tile)] = static_cast<float>(relative * Share(r));
    }
    return std::log(sum) + (static_cast<double>(largest) - positive_logits_[static_cast<std::size_t>(r)]);
  }

  void AddCandidateGradient(std::int64_t tile, const ProductFactor& queries) {
    const Tile values = ValuesOf(tile);
    for (std::int64_t r = 0; r < rows_; ++r) {
      float* row = values.data + r * values.stride;
      ScaleRow(row, factors_[At(r, tile)], values.columns, row);
      const std::int64_t column = Positive(r) - TileBegin(tile);
      if (column >= 0 && column < values.columns) row[column] -= Share(r);
      if (outputs_.bias_gradient != nullptr) {
        AddScaledRow(row, 1, values.columns, outputs_.bias_gradient + TileBegin(tile));
      }
    }
    const ProductFactor slopes(FactorSide::kLeft, {values.data, rows_, values.columns, values.stride},
                               Orientation::kTransposed, precision_);
    Multiply(scale_, slopes.All(), queries.All(), 1,
             RowsOf(outputs_.candidate_gradient, TileBegin(tile), TileEnd(tile)));
  }

  // Sum over candidates of d loss / d logit * candidate, before the scale.
  void SumQueryGradient(std::int64_t first, std::int64_t last) {
    for (std::int64_t tile = 0; tile < tiles_; ++tile) {
      const Tile values = ValuesOf(tile);
      const ProductFactor slopes(FactorSide::kLeft,
                                 {values.data + first * values.stride, last - first, values.columns, values.stride},
                                 Orientation::kAsStored, precision_);
      Multiply(1, slopes.All(), candidates_of_gradients_.Terms(TileBegin(tile), TileEnd(tile)), tile == 0 ? 0 : 1,
               RowsOf(outputs_.query_gradient, begin_ + first, begin_ + last));
    }
  }

  // Scales the row's gradient; returns the row's part of the scale's gradient, sum of d loss / d logit * dot product.
  double FinishQueryGradient(std::int64_t r) {
    const std::int64_t columns = inputs_.queries.columns;
    const std::int64_t at = (begin_ + r) * columns;
    float* gradient = outputs_.query_gradient.data + at;
    const float along = Dot(inputs_.queries.data + at, gradient, columns);
    ScaleRow(gradient, scale_, columns, gradient);
    return along;
  }

  base::ThreadPool& pool_;
  const Precision precision_;
  const ProductFactor candidates_of_logits_;
  const ProductFactor candidates_of_gradients_;
  const SoftmaxLossInputs& inputs_;
  const SoftmaxLossOutputs& outputs_;
  const float scale_;
  const std::int64_t tiles_;
  const std::int64_t capacity_;  // rows of the largest strip
  std::int64_t begin_ = 0;
  std::int64_t rows_ = 0;
  // Tile by tile [capacity_, kTileColumns]: logits, their exponentials, then d loss / d logit.
  std::unique_ptr<float[]> values_;
  std::vector<float> largest_;  // [row, tile]
  std::vector<float> factors_;  // [row, tile]: sums of exponentials, then what makes them gradients
  std::vector<float> positive_logits_;
};

void CheckPositives(const SoftmaxLossInputs& inputs) {
  for (std::int64_t r = 0; r < inputs.queries.rows; ++r) {
    const std::int32_t positive = inputs.positives[r];
    if (positive >= 0 && positive < inputs.candidates.rows) continue;
    throw Error(Code::kInvalidArgument, "SoftmaxLoss: positives[" + std::to_string(r) + "] is " +
                                            std::to_string(positive) + ", outside the " +
                                            std::to_string(inputs.candidates.rows) + " candidates");
  }
}

}  // namespace

void SoftmaxLoss(base::ThreadPool& pool, Precision precision, const SoftmaxLossInputs& inputs,
                 const SoftmaxLossOutputs& outputs) {
  CheckPositives(inputs);
  double loss = 0;
  double scale_gradient = 0;
  const Matrix& candidate_gradient = outputs.candidate_gradient;
  std::fill_n(candidate_gradient.data, candidate_gradient.size(), 0.0F);
  if (outputs.bias_gradient != nullptr) std::fill_n(outputs.bias_gradient, candidate_gradient.rows, 0.0F);
  const std::int64_t rows = inputs.queries.rows;
  if (rows > 0) {
    const Defaults defaults(inputs);
    const SoftmaxLossInputs complete = defaults.Complete(inputs);
    Strip strip(pool, precision, complete, outputs);
    const std::int64_t step = StripRows(inputs.candidates.rows);
    for (std::int64_t begin = 0; begin < rows; begin += step) {
      strip.Run(begin, std::min(begin + step, rows), loss, scale_gradient);
    }
    loss /= static_cast<double>(rows);
  }
  *outputs.loss = static_cast<float>(loss);
  if (outputs.scale_gradient != nullptr) *outputs.scale_gradient = static_cast<float>(scale_gradient);
}

}  // namespace shortlist::tensor::cpu
