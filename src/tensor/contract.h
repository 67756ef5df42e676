// What every backend checks before it starts an operation: shapes that fit and data that is not null. Each function
// throws Error{kInvalidArgument} naming the operation, the argument and the shapes.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/backend.h"

namespace shortlist::tensor::contract {

void GatherPool(ConstMatrix table, const BagsView& bags, ConstMatrix out);
void SparseUpdate(ConstMatrix table, ConstMatrix state, std::span<const SparseGradient> uses,
                  const Optimizer& optimizer);
void ScatterAdd(std::span<const SparseGradient> uses, ConstMatrix gradient);
void Linear(ConstMatrix input, ConstMatrix weight, ConstMatrix out);
void LinearBackward(ConstMatrix input, ConstMatrix weight, ConstMatrix out, ConstMatrix out_gradient,
                    ConstMatrix scratch, ConstMatrix input_gradient, ConstMatrix weight_gradient);
void NormalizeRows(ConstMatrix input, ConstMatrix out, const float* norms);
void NormalizeRowsBackward(ConstMatrix out, const float* norms, ConstMatrix out_gradient, ConstMatrix input_gradient);
void LayerNorm(ConstMatrix input, const float* gain, const float* bias, ConstMatrix out, const float* statistics);
void LayerNormBackward(ConstMatrix input, const float* gain, const float* statistics, ConstMatrix out_gradient,
                       ConstMatrix input_gradient, const float* gain_gradient, const float* bias_gradient);
void CausalAttention(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums);
void CausalAttentionBackward(const AttentionInputs& inputs, ConstMatrix out, const float* log_sums,
                             ConstMatrix out_gradient, const AttentionGradients& gradients);
void Gru(ConstMatrix input_gates, const SequencesView& sequences, ConstMatrix recurrent_weight, ConstMatrix out,
         ConstMatrix gates);
void GruBackward(const SequencesView& sequences, ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates,
                 ConstMatrix out_gradient, ConstMatrix scratch, ConstMatrix input_gate_gradient,
                 ConstMatrix recurrent_weight_gradient);
void SoftmaxLoss(const SoftmaxLossInputs& inputs, const SoftmaxLossOutputs& outputs);
void Dropout(ConstMatrix values, float rate, std::int64_t first);
void DenseUpdate(const float* parameters, const float* gradient, const float* state, std::int64_t size,
                 const Optimizer& optimizer);
void TopK(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, const BagsView& excluded,
          const std::int32_t* ids, const float* scores);

// A flat array of `size` values of the operation: the size is not negative, and data is null only if it is empty.
void Array(const char* operation, const char* argument, const void* data, std::int64_t size);

}  // namespace shortlist::tensor::contract
