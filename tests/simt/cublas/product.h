// D = epilogue(alpha * op(A) * op(B) + beta * C), all matrices stored by columns.
#pragma once

#include "simt/cublas/descriptions.h"

namespace shortlist::simt {

struct Matrix {
  MatrixLayout layout;
  const void* data = nullptr;
};

struct ProductCall {
  ProductDescription description;
  const float* alpha = nullptr;
  const float* beta = nullptr;
  Matrix a;
  Matrix b;
  Matrix c;
  Matrix d;
};

std::int64_t RowsOf(const MatrixLayout& layout, cublasOperation_t transpose);
std::int64_t ColumnsOf(const MatrixLayout& layout, cublasOperation_t transpose);
std::size_t ElementBytes(cudaDataType type);
// From the first to the last element.
std::size_t ExtentBytes(const MatrixLayout& layout);

// Runs it now. bfloat16 factors are widened and, with TF32, float32 factors rounded to 10 bits of mantissa, half away
// from zero; sums are those of the host's BLAS in float32.
void RunProduct(const ProductCall& call);

}  // namespace shortlist::simt
