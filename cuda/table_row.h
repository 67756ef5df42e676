// One optimizer step on one table row by a warp. For .cu files.
#pragma once

#include <cstdint>

#include "cuda/block_reduce.h"
#include "cuda/optimizer_rules.h"
#include "cuda/row_part.h"

namespace shortlist::cuda {

// A table, its optimizer state [rows, StateWidth] and the rule. Passed to kernels by value.
struct UpdatedTable {
  float* table;
  float* state;
  std::int64_t columns;
  tensor::OptimizerKind kind;
  OptimizerConstants constants;
};

// Adds `change` to a value and returns the result, to all lanes; only lane 0 touches it.
__device__ inline float AdvanceShared(float* value, float change) {
  float advanced = 0;
  if (threadIdx.x % kWarpSize == 0) *value = advanced = *value + change;
  return __shfl_sync(kFullWarp, advanced, 0);
}

// Copies `count` floats between global and shared memory. Lanes are shifted so that the accesses of the warp begin at
// whole sectors of global memory, wherever the row begins.
__device__ inline int FirstOfLane(const float* global) {
  constexpr int kFloatsPerSector = 8;
  const auto place = reinterpret_cast<std::uintptr_t>(global) / sizeof(float) % kFloatsPerSector;
  return static_cast<int>(threadIdx.x % kWarpSize) - static_cast<int>(place);
}
__device__ inline void CopyToShared(const float* global, int count, float* shared) {
  int i = FirstOfLane(global);
  if (i >= 0 && i < count) shared[i] = global[i];
  for (i += kWarpSize; i < count; i += kWarpSize) shared[i] = global[i];
}
__device__ inline void CopyFromShared(const float* shared, int count, float* global) {
  int i = FirstOfLane(global);
  if (i >= 0 && i < count) global[i] = shared[i];
  for (i += kWarpSize; i < count; i += kWarpSize) global[i] = shared[i];
}

template <class Part>
class TableRow {
 public:
  // Floats of shared memory that each warp brings: Adam's state of one pass and a step count, in whole vectors.
  static constexpr int kShared = 2 * Part::kColumns + kVectorWidth;

  // `shared` is the warp's own and 16-byte aligned.
  __device__ TableRow(const UpdatedTable& table, std::int64_t row, float* shared)
      : table_(table), row_(row), shared_(shared) {}

  // gradient(column) is the row's summed gradient in the pass that begins at `column`; it is asked for once, or, where
  // row-wise Adagrad needs several passes, twice.
  template <class Gradient>
  __device__ void Update(const Gradient& gradient) {
    Part part = gradient(0);
    if (table_.kind == tensor::OptimizerKind::kAdam && table_.columns <= Part::kColumns) return UpdateByAdam(part);
    Begin(part, gradient);
    UpdatePart(part, 0);
    for (std::int64_t column = Part::kColumns; column < table_.columns; column += Part::kColumns) {
      part = gradient(column);
      UpdatePart(part, column);
    }
  }

 private:
  template <class Gradient>
  __device__ void Begin(const Part& first, const Gradient& gradient) {
    step_ = table_.constants.rate;
    if (table_.kind == tensor::OptimizerKind::kRowwiseAdagrad) {
      float squares = first.SquaredNorm();
      for (std::int64_t column = Part::kColumns; column < table_.columns; column += Part::kColumns) {
        squares += gradient(column).SquaredNorm();
      }
      const float mean_square = WarpSum(squares) / static_cast<float>(table_.columns);
      step_ = RowwiseAdagradStep(table_.constants, AdvanceShared(table_.state + row_, mean_square));
    } else if (table_.kind == tensor::OptimizerKind::kAdam) {
      const std::int64_t width = 2 * table_.columns + 1;
      correction_ = CorrectionAt(table_.constants, AdvanceShared(table_.state + (row_ + 1) * width - 1, 1));
    }
  }

  __device__ void UpdatePart(const Part& gradient, std::int64_t column) {
    const std::int64_t left = table_.columns - column;
    float* target = table_.table + row_ * table_.columns + column;
    Part parameters = Part::Load(target, left);
    switch (table_.kind) {
      case tensor::OptimizerKind::kSgd:
      case tensor::OptimizerKind::kRowwiseAdagrad:
        parameters.ForEachValue(left, [&](int i, int c) {
          parameters.values[i][c] =
              Stepped(table_.constants.keep, step_, gradient.values[i][c], parameters.values[i][c]);
        });
        break;
      case tensor::OptimizerKind::kAdagrad:
        StepByAdagrad(gradient, column, parameters);
        break;
      case tensor::OptimizerKind::kAdam:
        StepByAdam(gradient, column, parameters);
        break;
    }
    parameters.Store(target, left);
  }

  __device__ void StepByAdagrad(const Part& gradient, std::int64_t column, Part& parameters) {
    const std::int64_t left = table_.columns - column;
    float* state = table_.state + row_ * table_.columns + column;
    Part sums = Part::Load(state, left);
    parameters.ForEachValue(left, [&](int i, int c) {
      StepAdagrad(table_.constants, gradient.values[i][c], parameters.values[i][c], sums.values[i][c]);
    });
    sums.Store(state, left);
  }

  // A row of one pass. Adam's state is an odd number of floats long, so it goes through shared memory; all of it at
  // once, so that no sector is asked for twice.
  __device__ void UpdateByAdam(const Part& gradient) {
    const auto columns = static_cast<int>(table_.columns);
    const int width = 2 * columns + 1;
    float* state = table_.state + row_ * width;
    float* target = table_.table + row_ * columns;
    float* steps = shared_ + width - 1;
    CopyToShared(state, width, shared_);
    __syncwarp();
    if (threadIdx.x % kWarpSize == 0) ++*steps;
    __syncwarp();
    correction_ = CorrectionAt(table_.constants, *steps);
    Part parameters = Part::Load(target, columns);
    StepMoments(gradient, columns, shared_ + columns, parameters);
    parameters.Store(target, columns);
    __syncwarp();
    CopyFromShared(shared_, width, state);
    __syncwarp();
  }

  // One pass of a row of several.
  __device__ void StepByAdam(const Part& gradient, std::int64_t column, Part& parameters) {
    const auto count = static_cast<int>(min(std::int64_t{Part::kColumns}, table_.columns - column));
    float* firsts = table_.state + row_ * (2 * table_.columns + 1) + column;
    float* seconds = firsts + table_.columns;
    CopyToShared(firsts, count, shared_);
    CopyToShared(seconds, count, shared_ + Part::kColumns);
    __syncwarp();
    StepMoments(gradient, count, shared_ + Part::kColumns, parameters);
    __syncwarp();
    CopyFromShared(shared_, count, firsts);
    CopyFromShared(shared_ + Part::kColumns, count, seconds);
    __syncwarp();
  }

  // The first moments stand at the beginning of the shared memory.
  __device__ void StepMoments(const Part& gradient, int count, float* seconds, Part& parameters) {
    Part first = Part::Load(shared_, count);
    Part second = Part::Load(seconds, count);
    parameters.ForEachValue(count, [&](int i, int c) {
      StepAdam(table_.constants, correction_, gradient.values[i][c], parameters.values[i][c], first.values[i][c],
               second.values[i][c]);
    });
    first.Store(shared_, count);
    second.Store(seconds, count);
  }

  const UpdatedTable& table_;
  std::int64_t row_;
  float* shared_;
  float step_ = 0;
  AdamCorrection correction_{};
};

}  // namespace shortlist::cuda
