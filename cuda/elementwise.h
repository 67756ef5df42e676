// Elementwise operations on arrays; see tensor::Backend for their meaning.
#pragma once

#include <cstdint>

#include "cuda/queue.h"

namespace shortlist::cuda {

void AddScaled(Queue& queue, const float* x, float alpha, float* y, std::int64_t size);
void Scale(Queue& queue, float* values, float factor, std::int64_t size);
void MovingAverage(Queue& queue, const float* source, float decay, float* values, std::int64_t size);
void ClipByNorm(Queue& queue, float* values, const float* squared_norm, float limit, std::int64_t size);

// masked[i] = out[i] > 0 ? gradient[i] : 0: the gradient before a ReLU that wrote `out`.
void KeepWherePositive(Queue& queue, const float* out, const float* gradient, float* masked, std::int64_t size);

}  // namespace shortlist::cuda
