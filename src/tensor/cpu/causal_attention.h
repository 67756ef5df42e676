#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::CausalAttention and Backend::CausalAttentionBackward.
void CausalAttention(base::ThreadPool& pool, const AttentionInputs& inputs, Matrix out, float* log_sums);
void CausalAttentionBackward(base::ThreadPool& pool, const AttentionInputs& inputs, ConstMatrix out,
                             const float* log_sums, ConstMatrix out_gradient, const AttentionGradients& gradients);

}  // namespace shortlist::tensor::cpu
