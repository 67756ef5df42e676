#include "tensor/cpu/gru_rows.h"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/gru_rows.cc"
#include "tensor/cpu/simd.h"
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
#include "tensor/cpu/simd_inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {

// Highway's exponential is not defined where the result overflows.
constexpr float kLargestExponent = 80;

template <class D>
HWY_INLINE hn::Vec<D> Sigmoid(D d, hn::Vec<D> x) {
  const auto one = hn::Set(d, 1.0F);
  return hn::Div(one, hn::Add(one, hn::Exp(d, hn::Min(hn::Neg(x), hn::Set(d, kLargestExponent)))));
}

void GruRow(const float* own, const float* product, const float* state, std::int64_t width, float* next, float* gates) {
  ForEachVector(width, [&](auto d, std::int64_t i) {
    const auto sum = [&](std::int64_t at) { return hn::Add(hn::LoadU(d, own + at), hn::LoadU(d, product + at)); };
    const auto reset = Sigmoid(d, sum(i));
    const auto update = Sigmoid(d, sum(width + i));
    const auto carried = hn::LoadU(d, product + 2 * width + i);
    const auto candidate = hn::Tanh(d, hn::MulAdd(reset, carried, hn::LoadU(d, own + 2 * width + i)));
    const auto before = hn::LoadU(d, state + i);
    hn::StoreU(hn::MulAdd(update, hn::Sub(before, candidate), candidate), d, next + i);
    hn::StoreU(reset, d, gates + i);
    hn::StoreU(update, d, gates + width + i);
    hn::StoreU(candidate, d, gates + 2 * width + i);
    hn::StoreU(carried, d, gates + 3 * width + i);
  });
}

void GruRowBackward(const float* gates, const float* state, std::int64_t width, float* next_gradient,
                    float* own_gradient, float* product_gradient) {
  ForEachVector(width, [&](auto d, std::int64_t i) {
    const auto one = hn::Set(d, 1.0F);
    const auto reset = hn::LoadU(d, gates + i);
    const auto update = hn::LoadU(d, gates + width + i);
    const auto candidate = hn::LoadU(d, gates + 2 * width + i);
    const auto carried = hn::LoadU(d, gates + 3 * width + i);
    const auto gradient = hn::LoadU(d, next_gradient + i);
    const auto difference = hn::Sub(hn::LoadU(d, state + i), candidate);
    const auto of_update = hn::Mul(hn::Mul(gradient, difference), hn::Mul(update, hn::Sub(one, update)));
    const auto of_candidate =
        hn::Mul(hn::Mul(gradient, hn::Sub(one, update)), hn::NegMulAdd(candidate, candidate, one));
    const auto of_reset = hn::Mul(hn::Mul(of_candidate, carried), hn::Mul(reset, hn::Sub(one, reset)));
    hn::StoreU(of_reset, d, own_gradient + i);
    hn::StoreU(of_update, d, own_gradient + width + i);
    hn::StoreU(of_candidate, d, own_gradient + 2 * width + i);
    hn::StoreU(of_reset, d, product_gradient + i);
    hn::StoreU(of_update, d, product_gradient + width + i);
    hn::StoreU(hn::Mul(of_candidate, reset), d, product_gradient + 2 * width + i);
    hn::StoreU(hn::Mul(gradient, update), d, next_gradient + i);
  });
}

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shortlist::tensor::cpu {

HWY_EXPORT(GruRow);
HWY_EXPORT(GruRowBackward);

void GruRow(const float* own, const float* product, const float* state, std::int64_t width, float* next, float* gates) {
  HWY_DYNAMIC_DISPATCH(GruRow)(own, product, state, width, next, gates);
}

void GruRowBackward(const float* gates, const float* state, std::int64_t width, float* next_gradient,
                    float* own_gradient, float* product_gradient) {
  HWY_DYNAMIC_DISPATCH(GruRowBackward)(gates, state, width, next_gradient, own_gradient, product_gradient);
}

}  // namespace shortlist::tensor::cpu
#endif
