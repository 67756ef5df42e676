#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::SoftmaxLoss. Strips of 128 to 256 queries are taken against tiles of 256 candidates; the strip's
// exponentials are kept until its log-sum-exp is known, so every logit is computed once. Memory beside the outputs is
// the strip: 4 MB up to N = 8192, 512 N bytes beyond. Splits depend on the shapes alone.
void SoftmaxLoss(base::ThreadPool& pool, Precision precision, const SoftmaxLossInputs& inputs,
                 const SoftmaxLossOutputs& outputs);

}  // namespace shortlist::tensor::cpu
