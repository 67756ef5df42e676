#include "tensor/cpu/optimizer_rows.h"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/optimizer_rows.cc"
#include "tensor/cpu/simd.h"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/cpu/simd_inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {

void StepParameters(float keep, float step, const float* gradient, std::int64_t size, float* parameters) {
  ForEachVector(size, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto kept = hn::Mul(hn::Set(d, keep), hn::LoadU(d, parameters + i));
    hn::StoreU(hn::NegMulAdd(hn::Set(d, step), hn::LoadU(d, gradient + i), kept), d, parameters + i);
  });
}

void StepAdagrad(const AdagradStep& step, const float* gradient, std::int64_t size, float* parameters, float* sums) {
  ForEachVector(size, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto slope = hn::LoadU(d, gradient + i);
    const auto sum = hn::MulAdd(slope, slope, hn::LoadU(d, sums + i));
    const auto divisor = hn::Add(hn::Sqrt(sum), hn::Set(d, step.epsilon));
    const auto change = hn::Div(hn::Mul(hn::Set(d, step.rate), slope), divisor);
    const auto kept = hn::Mul(hn::Set(d, step.keep), hn::LoadU(d, parameters + i));
    hn::StoreU(sum, d, sums + i);
    hn::StoreU(hn::Sub(kept, change), d, parameters + i);
  });
}

void StepAdam(const AdamStep& step, const float* gradient, std::int64_t size, float* parameters, float* first,
              float* second) {
  ForEachVector(size, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto slope = hn::LoadU(d, gradient + i);
    const auto slope1 = hn::Mul(hn::Set(d, 1 - step.beta1), slope);
    const auto slope2 = hn::Mul(hn::Set(d, 1 - step.beta2), hn::Mul(slope, slope));
    const auto moment1 = hn::MulAdd(hn::Set(d, step.beta1), hn::LoadU(d, first + i), slope1);
    const auto moment2 = hn::MulAdd(hn::Set(d, step.beta2), hn::LoadU(d, second + i), slope2);
    const auto divisor = hn::MulAdd(hn::Sqrt(moment2), hn::Set(d, step.root_correction), hn::Set(d, step.epsilon));
    const auto change = hn::Div(hn::Mul(hn::Set(d, step.step), moment1), divisor);
    const auto kept = hn::Mul(hn::Set(d, step.keep), hn::LoadU(d, parameters + i));
    hn::StoreU(moment1, d, first + i);
    hn::StoreU(moment2, d, second + i);
    hn::StoreU(hn::Sub(kept, change), d, parameters + i);
  });
}

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shortlist::tensor::cpu {

HWY_EXPORT(StepParameters);
HWY_EXPORT(StepAdagrad);
HWY_EXPORT(StepAdam);

void StepParameters(float keep, float step, const float* gradient, std::int64_t size, float* parameters) {
  HWY_DYNAMIC_DISPATCH(StepParameters)(keep, step, gradient, size, parameters);
}

void StepAdagrad(const AdagradStep& step, const float* gradient, std::int64_t size, float* parameters, float* sums) {
  HWY_DYNAMIC_DISPATCH(StepAdagrad)(step, gradient, size, parameters, sums);
}

void StepAdam(const AdamStep& step, const float* gradient, std::int64_t size, float* parameters, float* first,
              float* second) {
  HWY_DYNAMIC_DISPATCH(StepAdam)(step, gradient, size, parameters, first, second);
}

}  // namespace shortlist::tensor::cpu
#endif
