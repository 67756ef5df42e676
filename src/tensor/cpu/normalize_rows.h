#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::NormalizeRows and Backend::NormalizeRowsBackward.
void NormalizeRows(base::ThreadPool& pool, ConstMatrix input, Matrix out, float* norms);
void NormalizeRowsBackward(base::ThreadPool& pool, ConstMatrix out, const float* norms, ConstMatrix out_gradient,
                           Matrix input_gradient);

}  // namespace shortlist::tensor::cpu
