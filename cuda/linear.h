// Dense layers; see tensor::Backend for the meaning.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

void Linear(Queue& queue, tensor::ConstMatrix input, tensor::ConstMatrix weight, const float* bias,
            tensor::Activation activation, tensor::Matrix out);
void LinearBackward(Queue& queue, tensor::ConstMatrix input, tensor::ConstMatrix weight, tensor::ConstMatrix out,
                    tensor::Activation activation, tensor::ConstMatrix out_gradient, tensor::Matrix scratch,
                    tensor::Matrix input_gradient, tensor::Write write, tensor::Matrix weight_gradient,
                    float* bias_gradient);

}  // namespace shortlist::cuda
