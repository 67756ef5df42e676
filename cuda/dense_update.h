// One optimizer step over a flat array of parameters; see tensor::Backend for the meaning.
#pragma once

#include <cstdint>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

void DenseUpdate(Queue& queue, float* parameters, const float* gradient, float* state, std::int64_t size,
                 const tensor::Optimizer& optimizer);

}  // namespace shortlist::cuda
