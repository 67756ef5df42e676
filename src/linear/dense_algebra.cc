#include "linear/dense_algebra.h"

#include <algorithm>
#include <cblas.h>
#include <cmath>
#include <f77blas.h>
#include <string>
#include <vector>

#include "base/progress.h"
#include "shortlist/error.h"
#include "tensor/cpu/gemm.h"

// Of LAPACK, in OpenBLAS, whose headers leave it out.
// NOLINTNEXTLINE(readability-identifier-naming): the name is LAPACK's
extern "C" void ssyevd_(char* job, char* triangle, blasint* rows, float* matrix, blasint* stride, float* values,
                        float* floats, blasint* float_count, blasint* integers, blasint* integer_count,
                        blasint* failure);

namespace shortlist::linear {
namespace {

using tensor::cpu::ConstTile;
using tensor::cpu::Tile;

// Wide enough for the speed of matrix products, narrow enough for a pivot's inverse to cost nothing beside them.
constexpr std::int64_t kPivotRows = 384;
constexpr std::int64_t kRowsPerTask = 256;
constexpr std::int64_t kMirroredColumns = 64;

// LAPACK is column-major: its upper triangle is the lower one of rows.
char lower_of_rows = 'U';

void CheckFactor(blasint failure) {
  if (failure == 0) return;
  throw Error(Code::kInvalidArgument, "the matrix is not positive definite in float32 (row " + std::to_string(failure) +
                                          "); raise the regularization");
}

void Factor(float* matrix, std::int64_t rows) {
  auto extent = static_cast<blasint>(rows);
  blasint failure = 0;
  spotrf_(&lower_of_rows, &extent, matrix, &extent, &failure);
  CheckFactor(failure);
}

// Of a small matrix, in the calling thread; the result is whole.
void InvertSmall(std::vector<float>& matrix, std::int64_t rows) {
  Factor(matrix.data(), rows);
  auto extent = static_cast<blasint>(rows);
  blasint failure = 0;
  spotri_(&lower_of_rows, &extent, matrix.data(), &extent, &failure);
  CheckFactor(failure);
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < row; ++column) matrix[column * rows + row] = matrix[row * rows + column];
  }
}

// Sweeps a symmetric matrix, of which the lower triangle is kept, on one block of pivots after the other. Once all are
// swept the matrix is the negative of its inverse.
class Sweep {
 public:
  Sweep(std::span<float> matrix, std::int64_t rows, base::ThreadPool& pool)
      : matrix_(matrix.data()), rows_(rows), pool_(pool) {}

  // Pivots [begin, end).
  void Pivot(std::int64_t begin, std::int64_t end) {
    begin_ = begin;
    width_ = end - begin;
    pivots_.resize(static_cast<std::size_t>(rows_ * width_));
    scaled_.resize(pivots_.size());
    pool_.ParallelFor(rows_, kRowsPerTask, [this](auto first, auto last) { CopyPivots(first, last); });
    inverse_.assign(pivots_.begin() + begin_ * width_, pivots_.begin() + (begin_ + width_) * width_);
    InvertSmall(inverse_, width_);
    pool_.ParallelFor(rows_, kRowsPerTask, [this](auto first, auto last) { Update(first, last); });
    pool_.ParallelFor(rows_, kRowsPerTask, [this](auto first, auto last) { WritePivots(first, last); });
  }

  // Makes the matrix whole and turns its sign.
  void Finish() {
    pool_.ParallelFor(rows_, kRowsPerTask, [this](auto first, auto last) {
      for (std::int64_t row = first; row < last; ++row) {
        for (std::int64_t column = 0; column <= row; ++column) At(row, column) = -At(row, column);
      }
    });
    pool_.ParallelFor(rows_, kRowsPerTask, [this](auto first, auto last) { MirrorRows(first, last); });
  }

 private:
  float& At(std::int64_t row, std::int64_t column) { return matrix_[row * rows_ + column]; }
  std::int64_t end() const { return begin_ + width_; }

  // In tiles, because one of the two sides is read across the rows.
  void MirrorRows(std::int64_t first, std::int64_t last) {
    for (std::int64_t tile = first; tile < rows_; tile += kMirroredColumns) {
      const std::int64_t end = std::min(tile + kMirroredColumns, rows_);
      for (std::int64_t row = first; row < last; ++row) {
        for (std::int64_t column = std::max(tile, row + 1); column < end; ++column) At(row, column) = At(column, row);
      }
    }
  }

  // The pivots' columns as they are now; above the diagonal, from the rows of the pivots.
  void CopyPivots(std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      for (std::int64_t pivot = 0; pivot < width_; ++pivot) {
        const std::int64_t column = begin_ + pivot;
        pivots_[row * width_ + pivot] = row >= column ? At(row, column) : At(column, row);
      }
    }
  }

  // a_ij -= a_ip inverse(a_pp) a_pj, pivots' own rows and columns too: they are written anew afterwards.
  void Update(std::int64_t first, std::int64_t last) {
    const std::int64_t count = last - first;
    const ConstTile pivots{pivots_.data() + first * width_, count, width_, width_};
    const Tile scaled{scaled_.data() + first * width_, count, width_, width_};
    tensor::cpu::Multiply(1, pivots, {inverse_.data(), width_, width_, width_}, 0, scaled);
    tensor::cpu::MultiplyTransposedB(-1, {scaled.data, count, width_, width_}, {pivots_.data(), last, width_, width_},
                                     1, {matrix_ + first * rows_, count, last, rows_});
  }

  void WritePivots(std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      const bool is_pivot = row >= begin_ && row < end();
      for (std::int64_t pivot = 0; pivot < width_; ++pivot) {
        const std::int64_t column = begin_ + pivot;
        if (is_pivot) {
          if (row >= column) At(row, column) = -inverse_[(row - begin_) * width_ + pivot];
        } else {
          (row > column ? At(row, column) : At(column, row)) = scaled_[row * width_ + pivot];
        }
      }
    }
  }

  float* matrix_;
  std::int64_t rows_;
  base::ThreadPool& pool_;
  std::int64_t begin_ = 0;
  std::int64_t width_ = 0;
  std::vector<float> pivots_;   // [rows, width]
  std::vector<float> scaled_;   // [rows, width]: pivots_ inverse_
  std::vector<float> inverse_;  // [width, width]
};

}  // namespace

void InvertPositiveDefinite(std::span<float> matrix, std::int64_t rows, base::ThreadPool& pool) {
  tensor::cpu::RunBlasInCallingThread();
  base::Progress progress("inverting", rows, "rows");
  Sweep sweep(matrix, rows, pool);
  for (std::int64_t begin = 0; begin < rows; begin += kPivotRows) {
    const std::int64_t end = std::min(begin + kPivotRows, rows);
    sweep.Pivot(begin, end);
    progress.Advance(end - begin);
  }
  sweep.Finish();
}

std::vector<float> Diagonalize(std::span<float> matrix, std::int64_t rows) {
  tensor::cpu::RunBlasInCallingThread();
  if (!std::ranges::all_of(matrix, [](float value) { return std::isfinite(value); })) {
    throw Error(Code::kInvalidArgument, "a matrix with values that are not finite has no eigenvalues");
  }
  char with_vectors = 'V';
  auto extent = static_cast<blasint>(rows);
  std::vector<float> values(static_cast<std::size_t>(rows));
  std::vector<float> floats(static_cast<std::size_t>(1 + 6 * rows + 2 * rows * rows));
  std::vector<blasint> integers(static_cast<std::size_t>(3 + 5 * rows));
  auto float_count = static_cast<blasint>(floats.size());
  auto integer_count = static_cast<blasint>(integers.size());
  blasint failure = 0;
  ssyevd_(&with_vectors, &lower_of_rows, &extent, matrix.data(), &extent, values.data(), floats.data(), &float_count,
          integers.data(), &integer_count, &failure);
  if (failure != 0) throw Error(Code::kInternal, "the eigenvalues of a matrix were not found");
  return values;
}

void AddOuterProducts(std::span<const float> rows, std::int64_t columns, std::span<float> gram) {
  if (rows.empty()) return;
  const auto extent = static_cast<blasint>(columns);
  cblas_ssyrk(CblasRowMajor, CblasLower, CblasTrans, extent, static_cast<blasint>(rows.size()) / extent, 1, rows.data(),
              extent, 1, gram.data(), extent);
}

}  // namespace shortlist::linear
