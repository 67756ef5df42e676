#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::Linear and Backend::LinearBackward on tiles of a fixed size, so that no result depends on the number of
// threads.
void Linear(base::ThreadPool& pool, Precision precision, ConstMatrix input, ConstMatrix weight, const float* bias,
            Activation activation, Matrix out);
void LinearBackward(base::ThreadPool& pool, Precision precision, ConstMatrix input, ConstMatrix weight, ConstMatrix out,
                    Activation activation, ConstMatrix out_gradient, Matrix scratch, Matrix input_gradient, Write write,
                    Matrix weight_gradient, float* bias_gradient);

}  // namespace shortlist::tensor::cpu
