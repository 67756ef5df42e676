// The update rules of tensor::Optimizer for one value, as kernels apply them. For .cu files.
#pragma once

#include <cmath>

#include "cuda/kernel_language.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// An optimizer with what the host computes once for all values.
struct OptimizerConstants {
  float keep;  // what decoupled weight decay leaves of a parameter
  float rate;
  float beta1;
  float beta2;
  float epsilon;
  float log_beta1;
  float log_beta2;
};

inline OptimizerConstants ConstantsOf(const tensor::Optimizer& optimizer) {
  return {1 - optimizer.rate * optimizer.weight_decay,
          optimizer.rate,
          optimizer.beta1,
          optimizer.beta2,
          optimizer.epsilon,
          static_cast<float>(std::log(static_cast<double>(optimizer.beta1))),
          static_cast<float>(std::log(static_cast<double>(optimizer.beta2)))};
}

// A parameter after a step of that length along its gradient.
__device__ inline float Stepped(float keep, float step, float gradient, float parameter) {
  return fmaf(-step, gradient, keep * parameter);
}

// The length of row-wise Adagrad's step, given the row's sum of mean squared gradients.
__device__ inline float RowwiseAdagradStep(const OptimizerConstants& constants, float sum) {
  return constants.rate / (sqrtf(sum) + constants.epsilon);
}

// `sum` is the value's sum of squared gradients.
__device__ inline void StepAdagrad(const OptimizerConstants& constants, float gradient, float& parameter, float& sum) {
  sum = fmaf(gradient, gradient, sum);
  parameter = constants.keep * parameter - constants.rate * gradient / (sqrtf(sum) + constants.epsilon);
}

// What bias correction makes of Adam's constants after `count` steps. 1 - beta^count is computed as
// -expm1(count * log beta), because beta^count may be close to 1.
struct AdamCorrection {
  float step;
  float root;  // what the root of the second moment is multiplied by
};

__device__ inline AdamCorrection CorrectionAt(const OptimizerConstants& constants, float count) {
  return {constants.rate / -expm1f(count * constants.log_beta1), 1 / sqrtf(-expm1f(count * constants.log_beta2))};
}

// `first` and `second` are the value's moments.
__device__ inline void StepAdam(const OptimizerConstants& constants, const AdamCorrection& correction, float gradient,
                                float& parameter, float& first, float& second) {
  first = fmaf(constants.beta1, first, (1 - constants.beta1) * gradient);
  second = fmaf(constants.beta2, second, (1 - constants.beta2) * (gradient * gradient));
  const float divisor = fmaf(sqrtf(second), correction.root, constants.epsilon);
  parameter = constants.keep * parameter - correction.step * first / divisor;
}

}  // namespace shortlist::cuda
