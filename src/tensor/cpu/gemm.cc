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

void Gemm(CBLAS_TRANSPOSE transpose_a, CBLAS_TRANSPOSE transpose_b, std::int64_t inner, float alpha, ConstTile a,
          ConstTile b, float beta, Tile c) {
  if (c.rows == 0 || c.columns == 0) return;
  cblas_sgemm(CblasRowMajor, transpose_a, transpose_b, Extent(c.rows), Extent(c.columns), Extent(inner), alpha, a.data,
              Stride(a.stride), b.data, Stride(b.stride), beta, c.data, Stride(c.stride));
}

}  // namespace

ConstTile RowsOf(ConstMatrix matrix, std::int64_t begin, std::int64_t end) {
  return {matrix.data + begin * matrix.columns, end - begin, matrix.columns, matrix.columns};
}

Tile RowsOf(const Matrix& matrix, std::int64_t begin, std::int64_t end) {
  return {matrix.data + begin * matrix.columns, end - begin, matrix.columns, matrix.columns};
}

void Multiply(float alpha, ConstTile a, ConstTile b, float beta, Tile c) {
  Gemm(CblasNoTrans, CblasNoTrans, a.columns, alpha, a, b, beta, c);
}

void MultiplyTransposedB(float alpha, ConstTile a, ConstTile b, float beta, Tile c) {
  Gemm(CblasNoTrans, CblasTrans, a.columns, alpha, a, b, beta, c);
}

void MultiplyTransposedA(float alpha, ConstTile a, ConstTile b, float beta, Tile c) {
  Gemm(CblasTrans, CblasNoTrans, a.rows, alpha, a, b, beta, c);
}

void RunBlasInCallingThread() {
  openblas_set_num_threads(1);
}

}  // namespace shortlist::tensor::cpu
