#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::LayerNorm and Backend::LayerNormBackward.
void LayerNorm(base::ThreadPool& pool, ConstMatrix input, const float* gain, const float* bias, Matrix out,
               float* statistics);
void LayerNormBackward(base::ThreadPool& pool, ConstMatrix input, const float* gain, const float* statistics,
                       ConstMatrix out_gradient, Matrix input_gradient, float* gain_gradient, float* bias_gradient);

}  // namespace shortlist::tensor::cpu
