// Causal attention within sequences.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// Backend::CausalAttention and Backend::CausalAttentionBackward.
void CausalAttention(Queue& queue, const tensor::AttentionInputs& inputs, tensor::Matrix out, float* log_sums);
void CausalAttentionBackward(Queue& queue, const tensor::AttentionInputs& inputs, tensor::ConstMatrix out,
                             const float* log_sums, tensor::ConstMatrix out_gradient,
                             const tensor::AttentionGradients& gradients);

}  // namespace shortlist::cuda
