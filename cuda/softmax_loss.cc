#include "cuda/softmax_loss.h"

#include <algorithm>

#include "cuda/check.h"
#include "cuda/column_sums.h"
#include "cuda/gemm.h"
#include "cuda/softmax_tile.h"

namespace shortlist::cuda {
namespace {

using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::SoftmaxLossInputs;
using tensor::SoftmaxLossOutputs;
using tensor::Write;

ConstMatrix RowsOf(ConstMatrix matrix, std::int64_t begin, std::int64_t count) {
  return {matrix.data + begin * matrix.columns, count, matrix.columns};
}

Matrix RowsOf(Matrix matrix, std::int64_t begin, std::int64_t count) {
  return {matrix.data + begin * matrix.columns, count, matrix.columns};
}

void Clear(Queue& queue, float* values, std::int64_t size) {
  if (values == nullptr || size == 0) return;
  Check(cudaMemsetAsync(values, 0, static_cast<std::size_t>(size) * sizeof(float), queue.stream()), "SoftmaxLoss");
}

SoftmaxRows TakeRows(Workspace& workspace, std::int64_t rows) {
  return {workspace.Take<float>(rows), workspace.Take<double>(rows), workspace.Take<float>(rows),
          workspace.Take<double>(rows)};
}

// Strips of queries, each against all tiles of candidates: forth for the sums, and back for the gradients, so that the
// tile at which a strip turns need not be computed again.
class TiledSoftmax {
 public:
  TiledSoftmax(Queue& queue, const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs,
               const SoftmaxTiling& tiling)
      : queue_(queue),
        inputs_(inputs),
        outputs_(outputs),
        strip_rows_(std::min(tiling.rows, inputs.queries.rows)),
        tile_columns_(std::min(tiling.columns, inputs.candidates.rows)),
        tiles_((inputs.candidates.rows + tile_columns_ - 1) / tile_columns_),
        rows_(TakeRows(queue.workspace(), inputs.queries.rows)),
        dots_(queue.workspace().Take<float>(strip_rows_ * tile_columns_)) {}

  void Run() {
    StartSoftmaxRows(queue_, inputs_.queries.rows, rows_);
    for (std::int64_t begin = 0; begin < inputs_.queries.rows; begin += strip_rows_) RunStrip(begin);
    FinishSoftmaxRows(queue_, inputs_, rows_, outputs_.loss, outputs_.scale_gradient);
  }

 private:
  void RunStrip(std::int64_t begin) {
    for (std::int64_t tile = 0; tile < tiles_; ++tile) {
      MultiplyTile(TileAt(begin, tile));
      AccumulateSoftmaxTile(queue_, inputs_, TileAt(begin, tile), rows_);
    }
    for (std::int64_t tile = tiles_ - 1; tile >= 0; --tile) {
      if (tile < tiles_ - 1) MultiplyTile(TileAt(begin, tile));
      DifferentiateSoftmaxTile(queue_, inputs_, TileAt(begin, tile), rows_);
      AddGradients(TileAt(begin, tile), tile == tiles_ - 1 ? Write::kOverwrite : Write::kAdd);
    }
  }

  SoftmaxTile TileAt(std::int64_t begin, std::int64_t tile) const {
    const std::int64_t first_column = tile * tile_columns_;
    return {{dots_, std::min(strip_rows_, inputs_.queries.rows - begin),
             std::min(tile_columns_, inputs_.candidates.rows - first_column)},
            begin,
            first_column};
  }

  ConstMatrix QueriesOf(const SoftmaxTile& tile) const {
    return RowsOf(inputs_.queries, tile.first_row, tile.dots.rows);
  }
  ConstMatrix CandidatesOf(const SoftmaxTile& tile) const {
    return RowsOf(inputs_.candidates, tile.first_column, tile.dots.columns);
  }

  void MultiplyTile(const SoftmaxTile& tile) {
    Gemm(queue_, {QueriesOf(tile)}, {CandidatesOf(tile), Orientation::kTransposed}, {.out = tile.dots});
  }

  // `dots` hold d loss / d logit; a logit changes with a vector by the scale times the other vector.
  void AddGradients(const SoftmaxTile& tile, Write query_write) {
    const float* scale = inputs_.scale;
    Gemm(queue_, {tile.dots}, {CandidatesOf(tile)},
         {.out = RowsOf(outputs_.query_gradient, tile.first_row, tile.dots.rows),
          .write = query_write,
          .factor = scale});
    Gemm(queue_, {tile.dots, Orientation::kTransposed}, {QueriesOf(tile)},
         {.out = RowsOf(outputs_.candidate_gradient, tile.first_column, tile.dots.columns),
          .write = Write::kAdd,
          .factor = scale});
    if (outputs_.bias_gradient != nullptr) {
      AddColumnSums(queue_, tile.dots, outputs_.bias_gradient + tile.first_column);
    }
  }

  Queue& queue_;
  const SoftmaxLossInputs& inputs_;
  const SoftmaxLossOutputs& outputs_;
  std::int64_t strip_rows_;
  std::int64_t tile_columns_;
  std::int64_t tiles_;
  SoftmaxRows rows_;
  float* dots_;
};

}  // namespace

void SoftmaxLoss(Queue& queue, const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs,
                 const SoftmaxTiling& tiling) {
  Clear(queue, outputs.candidate_gradient.data, outputs.candidate_gradient.size());
  Clear(queue, outputs.bias_gradient, inputs.candidates.rows);
  if (inputs.queries.rows > 0) return TiledSoftmax(queue, inputs, outputs, tiling).Run();
  Clear(queue, outputs.loss, 1);
  Clear(queue, outputs.scale_gradient, 1);
}

}  // namespace shortlist::cuda
