// Normalization of rows by their mean and deviation.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// Backend::LayerNorm and Backend::LayerNormBackward.
void LayerNorm(Queue& queue, tensor::ConstMatrix input, const float* gain, const float* bias, tensor::Matrix out,
               float* statistics);
void LayerNormBackward(Queue& queue, tensor::ConstMatrix input, const float* gain, const float* statistics,
                       tensor::ConstMatrix out_gradient, tensor::Matrix input_gradient, float* gain_gradient,
                       float* bias_gradient);

}  // namespace shortlist::cuda
