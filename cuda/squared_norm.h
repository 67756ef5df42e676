// Sums of squares.
#pragma once

#include <cstdint>

#include "cuda/queue.h"

namespace shortlist::cuda {

// *result = sum of squares of values[0..size), 0 for none.
void SquaredNorm(Queue& queue, const float* values, std::int64_t size, float* result);

// The same in double, in the queue's workspace.
const double* SumOfSquares(Queue& queue, const float* values, std::int64_t size);

}  // namespace shortlist::cuda
