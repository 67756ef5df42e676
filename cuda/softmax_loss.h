// Sampled softmax cross-entropy; see tensor::Backend for the meaning.
#pragma once

#include <cstdint>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// The largest tile of logits that exists at a time: by default 32 MiB, which the second-level cache of large devices
// holds.
struct SoftmaxTiling {
  std::int64_t rows = 4096;
  std::int64_t columns = 2048;
};

// Memory: one tile and 24 bytes per query, so linear in queries, whatever the number of candidates. Logits are computed
// a second time for gradients, except those of a strip's last tile. Positives must be in range; unlike on the CPU, no
// error tells when they are not.
void SoftmaxLoss(Queue& queue, const tensor::SoftmaxLossInputs& inputs, const tensor::SoftmaxLossOutputs& outputs,
                 const SoftmaxTiling& tiling = {});

}  // namespace shortlist::cuda
