#include "tensor/cpu/optimizer.h"

#include <cmath>

#include <gtest/gtest.h>

namespace shortlist::tensor::cpu {
namespace {

TEST(OptimizerTest, BiasCorrectionIsPreciseAtTheFirstAndAfterManySteps) {
  const Optimizer optimizer{.kind = OptimizerKind::kAdam, .rate = 1, .beta1 = .9F, .beta2 = .9999F};
  const AdamSchedule schedule(optimizer);
  for (const float count : {1.0F, 2.0F, 10.0F, 1e3F, 1e6F, 0x1p24F}) {
    const double correction1 = 1 - std::pow(static_cast<double>(optimizer.beta1), count);
    const double correction2 = 1 - std::pow(static_cast<double>(optimizer.beta2), count);
    EXPECT_NEAR(schedule.At(count).step * correction1, 1, 1e-6);
    EXPECT_NEAR(schedule.At(count).root_correction * std::sqrt(correction2), 1, 1e-6);
  }
}

TEST(OptimizerTest, BetaZeroIsNoMemory) {
  const AdamSchedule schedule({.kind = OptimizerKind::kAdam, .rate = .5F, .beta1 = 0, .beta2 = 0});
  EXPECT_EQ(schedule.At(1).step, .5F);
  EXPECT_EQ(schedule.At(1).root_correction, 1);
}

TEST(OptimizerTest, WeightDecayIsDecoupled) {
  EXPECT_EQ(KeptByDecay({.rate = .5F, .weight_decay = .5F}), .75F);
}

TEST(OptimizerTest, FirstAdamStepHasTheSizeOfTheRate) {
  const RowOptimizer optimizer({.kind = OptimizerKind::kAdam, .rate = .01F}, 3);
  const float gradient[3] = {1e-3F, -1e-2F, 5};
  float parameters[3] = {1, 1, 1};
  float state[7] = {};
  optimizer.Update(gradient, parameters, state);
  EXPECT_NEAR(parameters[0], .99, 1e-6);
  EXPECT_NEAR(parameters[1], 1.01, 1e-6);
  EXPECT_NEAR(parameters[2], .99, 1e-6);
  EXPECT_EQ(state[6], 1);
}

}  // namespace
}  // namespace shortlist::tensor::cpu
