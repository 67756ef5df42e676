// Exact search.
#pragma once

#include <cstdint>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// Backend::TopK, in float32 whatever the precision of the queue. Ids of `excluded` are not checked. Takes as much
// scratch memory as a tile of scores, whatever the number of queries and candidates, and 8 bytes for each of the k
// places of the queries of a tile.
void TopK(Queue& queue, tensor::ConstMatrix queries, tensor::ConstMatrix candidates, std::int64_t k,
          const tensor::BagsView& excluded, std::int32_t* ids, float* scores);

}  // namespace shortlist::cuda
