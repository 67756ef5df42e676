#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::GatherPool. Each output row is summed in registers in the order of its ids.
void GatherPool(base::ThreadPool& pool, ConstMatrix table, const BagsView& bags, Write write, Matrix out);

}  // namespace shortlist::tensor::cpu
