// Sums over the rows of a matrix.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// sums[c] += sum over r of matrix[r, c].
void AddColumnSums(Queue& queue, tensor::ConstMatrix matrix, float* sums);

}  // namespace shortlist::cuda
