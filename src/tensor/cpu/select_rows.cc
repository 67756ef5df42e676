#include "tensor/cpu/select_rows.h"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/select_rows.cc"
#include "tensor/cpu/simd.h"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/cpu/simd_inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {

HWY_INLINE std::int64_t SelectEach(const float* scores, std::int64_t begin, std::int64_t end, float threshold,
                                   std::int32_t first_id, Scored* out) {
  std::int64_t found = 0;
  for (std::int64_t i = begin; i < end; ++i) {
    if (scores[i] > threshold) out[found++] = {scores[i], first_id + static_cast<std::int32_t>(i)};
  }
  return found;
}

// Almost every vector holds nothing above the threshold, so only the test of four at once is vectorized.
std::int64_t SelectAbove(const float* scores, std::int64_t size, float threshold, std::int32_t first_id, Scored* out) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto limit = hn::Set(d, threshold);
  std::int64_t found = 0;
  std::int64_t i = 0;
  for (; i + 4 * lanes <= size; i += 4 * lanes) {
    const auto above0 = hn::Gt(hn::LoadU(d, scores + i), limit);
    const auto above1 = hn::Gt(hn::LoadU(d, scores + i + lanes), limit);
    const auto above2 = hn::Gt(hn::LoadU(d, scores + i + 2 * lanes), limit);
    const auto above3 = hn::Gt(hn::LoadU(d, scores + i + 3 * lanes), limit);
    if (hn::AllFalse(d, hn::Or(hn::Or(above0, above1), hn::Or(above2, above3)))) continue;
    found += SelectEach(scores, i, i + 4 * lanes, threshold, first_id, out + found);
  }
  return found + SelectEach(scores, i, size, threshold, first_id, out + found);
}

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shortlist::tensor::cpu {

HWY_EXPORT(SelectAbove);

std::int64_t SelectAbove(const float* scores, std::int64_t size, float threshold, std::int32_t first_id, Scored* out) {
  return HWY_DYNAMIC_DISPATCH(SelectAbove)(scores, size, threshold, first_id, out);
}

}  // namespace shortlist::tensor::cpu
#endif
