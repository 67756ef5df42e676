// What follows a matrix product where cuBLASLt cannot fuse it.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// values[r] = activation(values[r] + bias); bias [values.columns] may be null.
void BiasActivation(Queue& queue, const float* bias, tensor::Activation activation, tensor::Matrix values);

}  // namespace shortlist::cuda
