#include "tensor/cpu/softmax_rows.h"

#include <algorithm>
#include <limits>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/softmax_rows.cc"
#include "tensor/cpu/simd.h"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/cpu/simd_inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {

template <class D>
HWY_INLINE hn::Vec<D> MaskedLogits(D d, float scale, const float* bias, const std::int32_t* item_ids,
                                   std::int32_t masked_item, const float* logits) {
  const hn::RebindToSigned<D> integers;
  const auto masked = hn::RebindMask(d, hn::Eq(hn::LoadU(integers, item_ids), hn::Set(integers, masked_item)));
  const auto sums = hn::MulAdd(hn::Set(d, scale), hn::LoadU(d, logits), hn::LoadU(d, bias));
  return hn::IfThenElse(masked, hn::Set(d, -std::numeric_limits<float>::infinity()), sums);
}

float BiasAndMask(float scale, const float* bias, const std::int32_t* item_ids, std::int32_t masked_item,
                  std::int64_t size, float* logits) {
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> single;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(full));
  auto largest = hn::Set(full, -std::numeric_limits<float>::infinity());
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto values = MaskedLogits(full, scale, bias + i, item_ids + i, masked_item, logits + i);
    largest = hn::Max(largest, values);
    hn::StoreU(values, full, logits + i);
  }
  float result = hn::GetLane(hn::MaxOfLanes(full, largest));
  for (; i < size; ++i) {
    const auto value = MaskedLogits(single, scale, bias + i, item_ids + i, masked_item, logits + i);
    hn::StoreU(value, single, logits + i);
    result = std::max(result, logits[i]);
  }
  return result;
}

// exp(x) for x up to 80, 0 where that is subnormal. x = n ln 2 + r, exp(r) by the polynomial of Moshier's Cephes. Half
// of the instructions of Highway's Exp, which takes any x.
template <class D>
HWY_INLINE hn::Vec<D> Exponential(D d, hn::Vec<D> x) {
  constexpr float kSmallestNormal = -87.336544F;  // its logarithm
  constexpr float kRounder = 12582912;            // 1.5 * 2^23: leaves an integer in the low bits of a sum
  constexpr int kMantissaBits = 23;
  constexpr int kExponentBias = 127;
  const hn::RebindToSigned<D> integers;
  const auto shifted = hn::MulAdd(x, hn::Set(d, 1.44269504F), hn::Set(d, kRounder));
  const auto n = hn::Sub(shifted, hn::Set(d, kRounder));
  const auto r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4F), hn::NegMulAdd(n, hn::Set(d, 0.693359375F), x));
  auto sum = hn::MulAdd(hn::Set(d, 1.9875691500e-4F), r, hn::Set(d, 1.3981999507e-3F));
  for (const float coefficient : {8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F}) {
    sum = hn::MulAdd(sum, r, hn::Set(d, coefficient));
  }
  sum = hn::Add(hn::MulAdd(sum, hn::Mul(r, r), r), hn::Set(d, 1));
  const auto exponent =
      hn::ShiftLeft<kMantissaBits>(hn::Add(hn::BitCast(integers, shifted), hn::Set(integers, kExponentBias)));
  const auto power = hn::Mul(sum, hn::BitCast(d, exponent));
  return hn::IfThenZeroElse(hn::Lt(x, hn::Set(d, kSmallestNormal)), power);
}

float ShiftedExponentials(float shift, std::int64_t size, float* values) {
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> single;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(full));
  auto sums = hn::Zero(full);
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto powers = Exponential(full, hn::Sub(hn::LoadU(full, values + i), hn::Set(full, shift)));
    sums = hn::Add(sums, powers);
    hn::StoreU(powers, full, values + i);
  }
  float sum = hn::GetLane(hn::SumOfLanes(full, sums));
  for (; i < size; ++i) {
    hn::StoreU(Exponential(single, hn::Sub(hn::LoadU(single, values + i), hn::Set(single, shift))), single, values + i);
    sum += values[i];
  }
  return sum;
}

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shortlist::tensor::cpu {

HWY_EXPORT(BiasAndMask);
HWY_EXPORT(ShiftedExponentials);

float BiasAndMask(float scale, const float* bias, const std::int32_t* item_ids, std::int32_t masked_item,
                  std::int64_t size, float* logits) {
  return HWY_DYNAMIC_DISPATCH(BiasAndMask)(scale, bias, item_ids, masked_item, size, logits);
}

float ShiftedExponentials(float shift, std::int64_t size, float* values) {
  return HWY_DYNAMIC_DISPATCH(ShiftedExponentials)(shift, size, values);
}

}  // namespace shortlist::tensor::cpu
#endif
