// Products of row-major tiles in the calling thread, through BLAS.
#pragma once

#include <cstdint>

#include "tensor/buffer.h"

namespace shortlist::tensor::cpu {

// `rows` x `columns` values whose rows start `stride` floats apart.
struct ConstTile {
  const float* data;
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t stride;
};

struct Tile {
  float* data;
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t stride;
};

ConstTile All(ConstMatrix matrix);
// Rows [begin, end) of a matrix.
ConstTile RowsOf(ConstMatrix matrix, std::int64_t begin, std::int64_t end);
Tile RowsOf(const Matrix& matrix, std::int64_t begin, std::int64_t end);

enum class Orientation { kAsStored, kTransposed };

// c = alpha * a * b + beta * c, of factors as they are stored or transposed. beta 0 overwrites c, whatever it held.
void Multiply(float alpha, ConstTile a, Orientation of_a, ConstTile b, Orientation of_b, float beta, Tile c);

// The same, with b or a transposed in the latter two.
void Multiply(float alpha, ConstTile a, ConstTile b, float beta, Tile c);
void MultiplyTransposedB(float alpha, ConstTile a, ConstTile b, float beta, Tile c);
void MultiplyTransposedA(float alpha, ConstTile a, ConstTile b, float beta, Tile c);

// Makes BLAS run in the calling thread only, in the whole process. Idempotent.
void RunBlasInCallingThread();

}  // namespace shortlist::tensor::cpu
