// What SoftmaxLoss does with one tile of dot products between its matrix products.
#pragma once

#include <cstdint>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// Rows of the whole batch as far as tiles have been seen, on the device; each array is [B].
struct SoftmaxRows {
  float* largest;         // logit so far
  double* sum;            // of exp(logit - largest) so far
  float* positive_logit;  // once its tile was seen
  double* along;          // sum of d loss / d logit * dot product so far: the row's part of the scale's gradient
};

// A tile of queries [first_row, first_row + dots.rows) and candidates [first_column, first_column + dots.columns).
// `dots` is dense: [rows, columns].
struct SoftmaxTile {
  tensor::Matrix dots;
  std::int64_t first_row;
  std::int64_t first_column;
};

// Sets all rows to their state before any tile.
void StartSoftmaxRows(Queue& queue, std::int64_t rows, const SoftmaxRows& state);

// Takes a tile's logits into the running maximum and sum of its rows; `dots` stay as they are.
void AccumulateSoftmaxTile(Queue& queue, const tensor::SoftmaxLossInputs& inputs, const SoftmaxTile& tile,
                           const SoftmaxRows& state);

// Once all tiles are accumulated: replaces dots by d loss / d logit, and adds to `along`.
void DifferentiateSoftmaxTile(Queue& queue, const tensor::SoftmaxLossInputs& inputs, const SoftmaxTile& tile,
                              const SoftmaxRows& state);

// *loss from all rows; *scale_gradient too, unless it is null.
void FinishSoftmaxRows(Queue& queue, const tensor::SoftmaxLossInputs& inputs, const SoftmaxRows& state, float* loss,
                       float* scale_gradient);

}  // namespace shortlist::cuda
