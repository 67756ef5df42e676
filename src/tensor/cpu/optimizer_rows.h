// Vectorized update rules over `size` parameters. Each first shrinks the parameter: parameter *= keep, where keep is
// 1 - rate * weight decay.
#pragma once

#include <cstdint>

namespace shortlist::tensor::cpu {

// parameter -= step * gradient.
void StepParameters(float keep, float step, const float* gradient, std::int64_t size, float* parameters);

// sum += gradient^2, then parameter -= rate * gradient / (sqrt(sum) + epsilon).
struct AdagradStep {
  float keep;
  float rate;
  float epsilon;
};
void StepAdagrad(const AdagradStep& step, const float* gradient, std::int64_t size, float* parameters, float* sums);

// Adam after bias correction: parameter -= step * first / (sqrt(second) * root_correction + epsilon).
struct AdamStep {
  float keep;
  float beta1;
  float beta2;
  float step;             // rate / (1 - beta1^t)
  float root_correction;  // 1 / sqrt(1 - beta2^t)
  float epsilon;
};
void StepAdam(const AdamStep& step, const float* gradient, std::int64_t size, float* parameters, float* first,
              float* second);

}  // namespace shortlist::tensor::cpu
