// Compiled once per instruction set, inside that set's namespace.
#if defined(SHORTLIST_TENSOR_CPU_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SHORTLIST_TENSOR_CPU_SIMD_INL_H_
#undef SHORTLIST_TENSOR_CPU_SIMD_INL_H_
#else
#define SHORTLIST_TENSOR_CPU_SIMD_INL_H_
#endif

#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Calls body(d, i) for each full vector at i, then for each value that is left with a one-lane d. Nothing outside
// [0, size) is touched.
template <class Body>
HWY_INLINE void ForEachVector(std::int64_t size, Body body) {
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> single;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(full));
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes) body(full, i);
  for (; i < size; ++i) body(single, i);
}

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
