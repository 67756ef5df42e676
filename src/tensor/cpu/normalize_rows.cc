#include "tensor/cpu/normalize_rows.h"

#include <algorithm>
#include <cmath>

#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kRowsPerTask = 256;

}  // namespace

void NormalizeRows(base::ThreadPool& pool, ConstMatrix input, Matrix out, float* norms) {
  pool.ParallelFor(input.rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const float* row = input.data + r * input.columns;
      norms[r] = std::max(std::sqrt(Dot(row, row, input.columns)), kNormEpsilon);
      ScaleRow(row, 1 / norms[r], input.columns, out.data + r * out.columns);
    }
  });
}

void NormalizeRowsBackward(base::ThreadPool& pool, ConstMatrix out, const float* norms, ConstMatrix out_gradient,
                           Matrix input_gradient) {
  pool.ParallelFor(out.rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const std::int64_t at = r * out.columns;
      const float inverse = norms[r] > kNormEpsilon ? 1 / norms[r] : 0;
      const float along = Dot(out.data + at, out_gradient.data + at, out.columns);
      ScaleRow(out_gradient.data + at, inverse, out.columns, input_gradient.data + at);
      AddScaledRow(out.data + at, -along * inverse, out.columns, input_gradient.data + at);
    }
  });
}

}  // namespace shortlist::tensor::cpu
