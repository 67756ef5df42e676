// Optimizers bound to one table or parameter array.
#pragma once

#include <cstdint>

#include "tensor/backend.h"
#include "tensor/cpu/optimizer_rows.h"

namespace shortlist::tensor::cpu {

// Adam's constants for a given step count. Bias corrections 1 - beta^t are computed in double precision as
// 1 - exp(t * log beta), because beta^t may be close to 1.
class AdamSchedule {
 public:
  explicit AdamSchedule(const Optimizer& optimizer);

  // `count` is the number of this step, from 1.
  AdamStep At(float count) const;

 private:
  Optimizer optimizer_;
  double log_beta1_;
  double log_beta2_;
};

// Factor that decoupled weight decay leaves of a parameter.
float KeptByDecay(const Optimizer& optimizer);

// Updates single rows of `columns` parameters, each with its state of StateWidth(kind, columns). Safe for concurrent
// use on different rows.
class RowOptimizer {
 public:
  RowOptimizer(const Optimizer& optimizer, std::int64_t columns);

  void Update(const float* gradient, float* parameters, float* state) const;

 private:
  void UpdateRowwiseAdagrad(const float* gradient, float* parameters, float* state) const;
  void UpdateAdam(const float* gradient, float* parameters, float* state) const;

  Optimizer optimizer_;
  std::int64_t columns_;
  AdamSchedule schedule_;
};

}  // namespace shortlist::tensor::cpu
