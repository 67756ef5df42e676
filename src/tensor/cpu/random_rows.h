// Vectorized random masks.
#pragma once

#include <cstdint>

#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Multiplies values[i] by 1 / (1 - rate) if Philox uniform first + i of the stream is at least `rate`, else by 0.
void DropoutRow(const RandomKey& key, float rate, std::uint64_t first, std::int64_t size, float* values);

}  // namespace shortlist::tensor::cpu
