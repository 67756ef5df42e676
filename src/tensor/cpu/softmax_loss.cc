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
        positive_logits_(static_cast<std::size_t>(capacity_)),
        shifts_(static_cast<std::size_t>(capacity_)),
        losses_(static_cast<std::size_t>(capacity_)),
        scale_gradients_(static_cast<std::size_t>(capacity_)),
        shares_(static_cast<std::size_t>(capacity_)),
        scaled_queries_(
            std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(capacity_ * inputs.queries.columns))) {}

  // Takes queries [begin, end), at most StripRows of them: writes their gradients, adds to the candidates' gradients.
  // Adds to the sums of losses and of the scale's gradient, both not yet divided by the number of queries.
  void Run(std::int64_t begin, std::int64_t end, double& loss, double& scale_gradient) {
    begin_ = begin;
    rows_ = end - begin;
    const ProductFactor left(FactorSide::kLeft, Queries(), Orientation::kAsStored, precision_);
    pool_.ParallelFor(tiles_, 1, [this, &left](std::int64_t first, std::int64_t last) {
      const FlushSubnormals flush;
      for (std::int64_t tile = first; tile < last; ++tile) ComputeLogits(left, tile);
    });
    pool_.ParallelFor(rows_, kRowsPerTask, [this](std::int64_t first, std::int64_t last) {
      const FlushSubnormals flush;
      ComputeQueryGradients(first, last);
    });
    for (std::int64_t r = 0; r < rows_; ++r) {
      loss += losses_[static_cast<std::size_t>(r)];
      scale_gradient += scale_gradients_[static_cast<std::size_t>(r)];
    }
    const ProductFactor right(FactorSide::kRight, ScaledQueries(), Orientation::kAsStored, precision_);
    pool_.ParallelFor(tiles_, 1, [this, &right](std::int64_t first, std::int64_t last) {
      const FlushSubnormals flush;
      for (std::int64_t tile = first; tile < last; ++tile) AddCandidateGradient(tile, right);
    });
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

  ConstTile ScaledQueries() const {
    return {scaled_queries_.get(), rows_, inputs_.queries.columns, inputs_.queries.columns};
  }

  void ComputeLogits(const ProductFactor& queries, std::int64_t tile) {
    const Tile values = ValuesOf(tile);
    Multiply(queries.All(), candidates_of_logits_.Outer(TileBegin(tile), TileEnd(tile)), Write::kOverwrite, values);
    for (std::int64_t r = 0; r < rows_; ++r)
      largest_[At(r, tile)] = ComputeLogits(r, tile, values.data + r * values.stride);
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

  // Turns logits into exponentials and, while these are in the cache, sums candidates by them. The positives are left
  // out of that sum and added to it exactly, because a positive's probability - 1 may be far below the precision of a
  // factor that holds its probability.
  void ComputeQueryGradients(std::int64_t first, std::int64_t last) {
    std::vector<double> sums(static_cast<std::size_t>(last - first));
    for (std::int64_t r = first; r < last; ++r) shifts_[static_cast<std::size_t>(r)] = LargestLogit(r);
    for (std::int64_t tile = 0; tile < tiles_; ++tile) {
      const Tile values = ValuesOf(tile);
      for (std::int64_t r = first; r < last; ++r) {
        sums[static_cast<std::size_t>(r - first)] +=
            ShiftedExponentials(shifts_[static_cast<std::size_t>(r)], values.columns, values.data + r * values.stride);
        const std::int64_t column = Positive(r) - TileBegin(tile);
        if (column >= 0 && column < values.columns) values.data[r * values.stride + column] = 0;
      }
      const ProductFactor slopes(FactorSide::kLeft,
                                 {values.data + first * values.stride, last - first, values.columns, values.stride},
                                 Orientation::kAsStored, precision_);
      Multiply(slopes.All(), candidates_of_gradients_.Terms(TileBegin(tile), TileEnd(tile)),
               tile == 0 ? Write::kOverwrite : Write::kAdd,
               RowsOf(outputs_.query_gradient, begin_ + first, begin_ + last));
    }
    for (std::int64_t r = first; r < last; ++r) FinishRow(r, sums[static_cast<std::size_t>(r - first)]);
  }

  // 0 where all are masked.
  float LargestLogit(std::int64_t r) const {
    const auto first = largest_.begin() + r * tiles_;
    const float largest = *std::max_element(first, first + tiles_);
    return largest == kMinusInfinity ? 0 : largest;
  }

  // d loss / d logit is the row's share * (exponential / sum - 1 for the positive), which is left in values_ without
  // the factor share / sum. The queries, by which the candidates' gradients sum those, are multiplied with it instead.
  void FinishRow(std::int64_t r, double sum) {
    const auto place = static_cast<std::size_t>(r);
    const std::int64_t columns = inputs_.queries.columns;
    const float* query = inputs_.queries.data + (begin_ + r) * columns;
    float* gradient = outputs_.query_gradient.data + (begin_ + r) * columns;
    const float slope = PositiveSlope(r, sum);
    AddScaledRow(inputs_.candidates.data + Positive(r) * columns, slope, columns, gradient);
    ValueOfPositive(r) = slope;
    losses_[place] = Weight(r) * (std::log(sum) + (static_cast<double>(shifts_[place]) - positive_logits_[place]));
    shares_[place] = static_cast<float>(Share(r) / sum);
    scale_gradients_[place] = shares_[place] * Dot(query, gradient, columns);
    ScaleRow(gradient, scale_ * shares_[place], columns, gradient);
    ScaleRow(query, scale_ * shares_[place], columns, scaled_queries_.get() + r * columns);
  }

  // The positive's exponential less the sum of all.
  float PositiveSlope(std::int64_t r, double sum) const {
    const double logit = positive_logits_[static_cast<std::size_t>(r)];
    return static_cast<float>(std::exp(logit - shifts_[static_cast<std::size_t>(r)]) - sum);
  }

  float& ValueOfPositive(std::int64_t r) {
    const std::int64_t tile = Positive(r) / kTileColumns;
    const Tile values = ValuesOf(tile);
    return values.data[r * values.stride + Positive(r) - TileBegin(tile)];
  }

  void AddCandidateGradient(std::int64_t tile, const ProductFactor& queries) {
    const Tile values = ValuesOf(tile);
    if (outputs_.bias_gradient != nullptr) AddBiasGradient(values, outputs_.bias_gradient + TileBegin(tile));
    const ProductFactor slopes(FactorSide::kLeft, {values.data, rows_, values.columns, values.stride},
                               Orientation::kTransposed, precision_);
    Multiply(slopes.All(), queries.All(), begin_ == 0 ? Write::kOverwrite : Write::kAdd,
             RowsOf(outputs_.candidate_gradient, TileBegin(tile), TileEnd(tile)));
  }

  void AddBiasGradient(const Tile& values, float* gradient) const {
    for (std::int64_t r = 0; r < rows_; ++r) {
      AddScaledRow(values.data + r * values.stride, shares_[static_cast<std::size_t>(r)], values.columns, gradient);
    }
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
  // Tile by tile [capacity_, kTileColumns]: logits, their exponentials, then these less the sum for the positive
  std::unique_ptr<float[]> values_;
  std::vector<float> largest_;  // [row, tile]
  // Per row:
  std::vector<float> positive_logits_;
  std::vector<float> shifts_;  // what is taken from its logits before they are exponentiated: the largest
  std::vector<double> losses_;
  std::vector<double> scale_gradients_;
  std::vector<float> shares_;  // of the row's loss in the mean, divided by its sum of exponentials
  std::unique_ptr<float[]> scaled_queries_;
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
  if (inputs.queries.rows == 0) std::fill_n(candidate_gradient.data, candidate_gradient.size(), 0.0F);
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
