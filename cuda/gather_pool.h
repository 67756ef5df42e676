// Weighted sums of table rows.
#pragma once

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// Backend::GatherPool. Ids are not checked: one outside of the table reads outside of its memory.
void GatherPool(Queue& queue, tensor::ConstMatrix table, const tensor::BagsView& bags, tensor::Write write,
                tensor::Matrix out);

}  // namespace shortlist::cuda
