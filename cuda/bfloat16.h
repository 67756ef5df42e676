// Between float32 and bfloat16; see tensor::Backend.
#pragma once

#include <cstdint>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

void RoundToBfloat16(Queue& queue, const float* values, std::int64_t size, std::uint16_t* rounded);
void WidenBfloat16(Queue& queue, const std::uint16_t* rounded, tensor::Write write, float* values, std::int64_t size);

}  // namespace shortlist::cuda
