// Rows divided by their lengths; see tensor::Backend for the meaning.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

void NormalizeRows(Queue& queue, tensor::ConstMatrix input, tensor::Matrix out, float* norms);
void NormalizeRowsBackward(Queue& queue, tensor::ConstMatrix out, const float* norms, tensor::ConstMatrix out_gradient,
                           tensor::Matrix input_gradient);

}  // namespace shortlist::cuda
