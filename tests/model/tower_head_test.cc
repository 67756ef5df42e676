#include "model/tower_head.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

class TowerHeadTest : public testing::Test {
 protected:
  TowerHeadTest() {
    spec_.settings.user_hidden = {3};
    layout_ = ParameterLayout(spec_);
    parameters_ = Parameters(layout_, *backend_);
  }
  void SetDense(std::size_t index, float value) {
    const tensor::Matrix target = parameters_.dense(index);
    std::fill_n(target.data, target.size(), value);
  }
  std::vector<float> Forward(bool residual, Similarity similarity, const DropoutPlan& dropout = {}) {
    TowerHead head(layout_.user, residual, similarity, 0, *backend_);
    return Download(*backend_, head.Forward(parameters_, {input_.data(), 2, 4}, dropout));
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  TwoTowerSpec spec_ = PlainSpec();
  ParameterLayout layout_ = ParameterLayout(spec_);
  Parameters parameters_ = Parameters(layout_, *backend_);
  std::vector<float> input_ = {3, 0, 4, 0, 1, 1, 1, -1};
};

TEST_F(TowerHeadTest, WithAPerceptronOfZerosTheResidualIsTheNormalizedInput) {
  const std::vector<float> out = Forward(true, Similarity::kCosine);
  EXPECT_NEAR(out[0], 0.6, 1e-6);
  EXPECT_NEAR(out[2], 0.8, 1e-6);
  EXPECT_NEAR(out[7], -0.5, 1e-6);
}

TEST_F(TowerHeadTest, ComputesARectifiedPerceptron) {
  SetDense(layout_.user.weights[0], 1);
  SetDense(layout_.user.biases[0], -3);
  SetDense(layout_.user.weights[1], 2);
  SetDense(layout_.user.biases[1], 0.5);
  const std::vector<float> out = Forward(false, Similarity::kDot);
  EXPECT_NEAR(out[0], 3 * 4 * 2 + 0.5, 1e-5);  // relu(3 + 4 - 3) = 4, in three hidden units
  EXPECT_NEAR(out[4], 0.5, 1e-6);              // relu(2 - 3) = 0
  EXPECT_NEAR(Forward(true, Similarity::kDot)[0], 3 * 4 * 2 + 0.5 + 3, 1e-5);
}

TEST_F(TowerHeadTest, DropoutIsAFunctionOfSeedAndStream) {
  SetDense(layout_.user.weights[0], 1);
  SetDense(layout_.user.weights[1], 1);
  const std::vector<float> first = Forward(false, Similarity::kDot, DropoutPlan(0.5F, 1, 0));
  EXPECT_EQ(first, Forward(false, Similarity::kDot, DropoutPlan(0.5F, 1, 0)));
  bool differs = false;
  for (std::uint64_t stream = 1; stream < 9; ++stream) {
    differs |= first != Forward(false, Similarity::kDot, DropoutPlan(0.5F, 1, stream));
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace shortlist::model
