#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// The elementwise operations and reductions of Backend, by their names there. Reductions add double precision partial
// sums of a fixed split.
void AddScaled(base::ThreadPool& pool, const float* x, float alpha, float* y, std::int64_t size);
void Scale(base::ThreadPool& pool, float* values, float factor, std::int64_t size);
void MovingAverage(base::ThreadPool& pool, const float* source, float decay, float* values, std::int64_t size);
void RoundToBfloat16(base::ThreadPool& pool, const float* values, std::uint16_t* rounded, std::int64_t size);
void WidenBfloat16(base::ThreadPool& pool, const std::uint16_t* rounded, Write write, float* values, std::int64_t size);
void SquaredNorm(base::ThreadPool& pool, const float* values, std::int64_t size, float* result);
void ClipByNorm(base::ThreadPool& pool, float* values, const float* squared_norm, float limit, std::int64_t size);
void DenseUpdate(base::ThreadPool& pool, float* parameters, const float* gradient, float* state, std::int64_t size,
                 const Optimizer& optimizer);

}  // namespace shortlist::tensor::cpu
