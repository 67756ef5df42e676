#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::Gru and Backend::GruBackward.
void Gru(base::ThreadPool& pool, Precision precision, ConstMatrix input_gates, const SequencesView& sequences,
         ConstMatrix recurrent_weight, Matrix out, Matrix gates);
void GruBackward(base::ThreadPool& pool, Precision precision, const SequencesView& sequences,
                 ConstMatrix recurrent_weight, ConstMatrix out, ConstMatrix gates, ConstMatrix out_gradient,
                 Matrix scratch, Matrix input_gate_gradient, Matrix recurrent_weight_gradient);

}  // namespace shortlist::tensor::cpu
