#include "tensor/cpu/optimizer.h"

#include <cmath>

#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {

AdamSchedule::AdamSchedule(const Optimizer& optimizer)
    : optimizer_(optimizer),
      log_beta1_(std::log(static_cast<double>(optimizer.beta1))),
      log_beta2_(std::log(static_cast<double>(optimizer.beta2))) {}

AdamStep AdamSchedule::At(float count) const {
  const auto correction1 = static_cast<float>(1 - std::exp(count * log_beta1_));
  const auto correction2 = static_cast<float>(1 - std::exp(count * log_beta2_));
  return {KeptByDecay(optimizer_),       optimizer_.beta1,           optimizer_.beta2,
          optimizer_.rate / correction1, 1 / std::sqrt(correction2), optimizer_.epsilon};
}

float KeptByDecay(const Optimizer& optimizer) {
  return 1 - optimizer.rate * optimizer.weight_decay;
}

RowOptimizer::RowOptimizer(const Optimizer& optimizer, std::int64_t columns)
    : optimizer_(optimizer), columns_(columns), schedule_(optimizer) {}

void RowOptimizer::Update(const float* gradient, float* parameters, float* state) const {
  switch (optimizer_.kind) {
    case OptimizerKind::kSgd:
      return StepParameters(KeptByDecay(optimizer_), optimizer_.rate, gradient, columns_, parameters);
    case OptimizerKind::kRowwiseAdagrad:
      return UpdateRowwiseAdagrad(gradient, parameters, state);
    case OptimizerKind::kAdagrad:
      return StepAdagrad({KeptByDecay(optimizer_), optimizer_.rate, optimizer_.epsilon}, gradient, columns_, parameters,
                         state);
    case OptimizerKind::kAdam:
      return UpdateAdam(gradient, parameters, state);
  }
}

void RowOptimizer::UpdateRowwiseAdagrad(const float* gradient, float* parameters, float* state) const {
  state[0] += Dot(gradient, gradient, columns_) / static_cast<float>(columns_);
  const float step = optimizer_.rate / (std::sqrt(state[0]) + optimizer_.epsilon);
  StepParameters(KeptByDecay(optimizer_), step, gradient, columns_, parameters);
}

void RowOptimizer::UpdateAdam(const float* gradient, float* parameters, float* state) const {
  float& count = state[2 * columns_];
  count += 1;
  StepAdam(schedule_.At(count), gradient, columns_, parameters, state, state + columns_);
}

}  // namespace shortlist::tensor::cpu
