// Philox random numbers; see tensor::Backend for their meaning.
#pragma once

#include <cstdint>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

void Dropout(Queue& queue, tensor::Matrix values, float rate, tensor::RandomKey key, std::int64_t first);
void FillNormal(Queue& queue, float* values, std::int64_t size, float deviation, tensor::RandomKey key,
                std::int64_t first);

}  // namespace shortlist::cuda
