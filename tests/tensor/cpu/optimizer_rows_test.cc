#include "tensor/cpu/optimizer_rows.h"

#include <cmath>
#include <vector>

#include "tensor/cpu/instruction_sets.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kSize = 37;

class OptimizerRowsTest : public EveryInstructionSet {
 protected:
  OptimizerRowsTest() {
    for (std::int64_t i = 0; i < kSize; ++i) {
      gradient_.push_back(static_cast<float>(i % 5 - 2));
      parameters_.push_back(static_cast<float>(i % 3));
    }
  }

  std::vector<float> gradient_;
  std::vector<float> parameters_;
};

TEST_P(OptimizerRowsTest, Step) {
  std::vector<float> parameters = parameters_;
  StepParameters(.5F, 2, gradient_.data(), kSize, parameters.data());
  for (std::size_t i = 0; i < kSize; ++i) EXPECT_EQ(parameters[i], .5F * parameters_[i] - 2 * gradient_[i]);
}

TEST_P(OptimizerRowsTest, Adagrad) {
  std::vector<float> parameters = parameters_;
  std::vector<float> sums(kSize, 5);
  StepAdagrad({1, .5F, 1}, gradient_.data(), kSize, parameters.data(), sums.data());
  for (std::size_t i = 0; i < kSize; ++i) {
    EXPECT_EQ(sums[i], 5 + gradient_[i] * gradient_[i]);
    EXPECT_NEAR(parameters[i], parameters_[i] - .5 * gradient_[i] / (std::sqrt(sums[i]) + 1), 1e-6);
  }
}

TEST_P(OptimizerRowsTest, Adam) {
  std::vector<float> parameters = parameters_;
  std::vector<float> first(kSize, 1);
  std::vector<float> second(kSize, 4);
  StepAdam({.keep = .5F, .beta1 = .5F, .beta2 = .75F, .step = 2, .root_correction = 3, .epsilon = 1}, gradient_.data(),
           kSize, parameters.data(), first.data(), second.data());
  for (std::size_t i = 0; i < kSize; ++i) {
    EXPECT_EQ(first[i], .5F + .5F * gradient_[i]);
    EXPECT_EQ(second[i], 3 + .25F * gradient_[i] * gradient_[i]);
    EXPECT_NEAR(parameters[i], .5 * parameters_[i] - 2 * first[i] / (3 * std::sqrt(second[i]) + 1), 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Cpu, OptimizerRowsTest, EveryInstructionSet::All(), InstructionSetName);

}  // namespace
}  // namespace shortlist::tensor::cpu
