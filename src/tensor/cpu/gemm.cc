#include "tensor/cpu/gemm.h"

#include <algorithm>
#include <cblas.h>

namespace shortlist::tensor::cpu {
namespace {

blasint Extent(std::int64_t value) {
  return static_cast<blasint>(value);
}

blasint Stride(std::int64_t value) {
  return static_cast<blasint>(std::max<std::int64_t>(1, value));
}

CBLAS_TRANSPOSE TransposeOf(Orientation orientation) {
  return orientation == Orientation::kTransposed ? CblasTrans : CblasNoTrans;
}

}  // namespace

ConstTile All(ConstMatrix matrix) {
  return RowsOf(matrix, 0, matrix.rows);
}

ConstTile RowsOf(ConstMatrix matrix, std::int64_t begin, std::int64_t end) {
  return {matrix.data + begin * matrix.columns, end - begin, matrix.columns, matrix.columns};
}

Tile RowsOf(const Matrix& matrix, std::int64_t begin, std::int64_t end) {
  return {matrix.data + begin * matrix.columns, end - begin, matrix.columns, matrix.columns};
}

void Multiply(float alpha, ConstTile a, Orientation of_a, ConstTile b, Orientation of_b, float beta, Tile c) {
  if (c.rows == 0 || c.columns == 0) return;
  const std::int64_t terms = of_a == Orientation::kTransposed ? a.rows : a.columns;
  cblas_sgemm(CblasRowMajor, TransposeOf(of_a), TransposeOf(of_b), Extent(c.rows), Extent(c.columns), Extent(terms),
              alpha, a.data, Stride(a.stride), b.data, Stride(b.stride), beta, c.data, Stride(c.stride));
}

void Multiply(float alpha, ConstTile a, ConstTile b, float beta, Tile c) {
  Multiply(alpha, a, Orientation::kAsStored, b, Orientation::kAsStored, beta, c);
}

void MultiplyTransposedB(float alpha, ConstTile a, ConstTile b, float beta, Tile c) {
  Multiply(alpha, a, Orientation::kAsStored, b, Orientation::kTransposed, beta, c);
}

void MultiplyTransposedA(float alpha, ConstTile a, ConstTile b, float beta, Tile c) {
  Multiply(alpha, a, Orientation::kTransposed, b, Orientation::kAsStored, beta, c);
}

void RunBlasInCallingThread() {
  openblas_set_num_threads(1);
}

}  // namespace shortlist::tensor::cpu
