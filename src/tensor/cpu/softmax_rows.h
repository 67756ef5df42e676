// Vectorized steps of a softmax over one row of logits.
#pragma once

#include <cstdint>

namespace shortlist::tensor::cpu {

// logits = scale * logits + bias, and -infinity where item_ids equals `masked_item`. Returns the largest, -infinity if
// there is none.
float BiasAndMask(float scale, const float* bias, const std::int32_t* item_ids, std::int32_t masked_item,
                  std::int64_t size, float* logits);

// values = exp(values - shift), of values at most 80 above it; returns their sum. -infinity becomes 0, and so may what
// is subnormal; NaN stays; the error is below 2 units in the last place.
float ShiftedExponentials(float shift, std::int64_t size, float* values);

}  // namespace shortlist::tensor::cpu
