// The elementwise part of a gated recurrent unit, vectorized, for one row of `width` units.
#pragma once

#include <cstdint>

namespace shortlist::tensor::cpu {

// own [3 * width] and product [3 * width] hold reset gate, update gate and candidate; see Backend::Gru. state and next
// are [width], gates is [4 * width].
void GruRow(const float* own, const float* product, const float* state, std::int64_t width, float* next, float* gates);

// Given d loss / d next, writes d loss / d own [3 * width] and d loss / d product [3 * width], and replaces
// next_gradient by the part of d loss / d state that does not pass through the product.
void GruRowBackward(const float* gates, const float* state, std::int64_t width, float* next_gradient,
                    float* own_gradient, float* product_gradient);

}  // namespace shortlist::tensor::cpu
