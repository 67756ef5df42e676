// Gated recurrent units along sequences.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// Backend::Gru and Backend::GruBackward.
void Gru(Queue& queue, tensor::ConstMatrix input_gates, tensor::SequencesView sequences,
         tensor::ConstMatrix recurrent_weight, tensor::Matrix out, tensor::Matrix gates);
void GruBackward(Queue& queue, tensor::SequencesView sequences, tensor::ConstMatrix recurrent_weight,
                 tensor::ConstMatrix out, tensor::ConstMatrix gates, tensor::ConstMatrix out_gradient,
                 tensor::Matrix scratch, tensor::Matrix input_gate_gradient, tensor::Matrix recurrent_weight_gradient);

}  // namespace shortlist::cuda
