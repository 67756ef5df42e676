#pragma once

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::TopK. Scores of a tile of queries and candidates come from one GEMM; only those above the query's present
// k-th best are looked at again.
void TopK(base::ThreadPool& pool, ConstMatrix queries, ConstMatrix candidates, std::int64_t k, const BagsView& excluded,
          std::int32_t* ids, float* scores);

}  // namespace shortlist::tensor::cpu
