// Factors of matrix products rounded to bfloat16.
#pragma once

#include <cstdint>

#include "cuda/queue.h"

namespace shortlist::cuda {

// `size` bfloat16 values in the queue's workspace: values[i] rounded to the nearest, ties to even.
const void* RoundToBfloat16(Queue& queue, const float* values, std::int64_t size);

}  // namespace shortlist::cuda
