#include "model/optimizer_state.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "model/initialize.h"
#include "model/scratch.h"
#include "model/tiny_model.h"

namespace shortlist::model {
namespace {

// Adam's first step is the rate times the gradient's sign, which makes rates visible.
class OptimizerStateTest : public testing::Test {
 protected:
  OptimizerStateTest() {
    settings_.embedding_rate = 0.5;
    settings_.dense_rate = 0.25;
    Initialize(spec_, layout_, 1, *backend_, parameters_);
    const tensor::Matrix all = gradients_.flat_dense();
    std::fill_n(all.data, all.size(), 2.0F);
    row_gradient_.assign(4, 1.0F);
    bags_ = memory_.Upload(MakeBags({{3}}, {{1}}));
    gradients_.Add(0, bags_, {row_gradient_.data(), 1, 4});
  }
  float Dense(std::size_t index) { return parameters_.dense(index).data[0]; }
  // The change of a dense parameter's first value by one update.
  float Change(std::size_t index, LearnedScalars learned, std::int64_t step = 0, double clip = 0) {
    const float before = Dense(index);
    OptimizerState(settings_, clip, learned, 2.0, layout_, *backend_).Update(step, gradients_, parameters_);
    return Dense(index) - before;
  }

  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  OptimizerSettings settings_;
  TwoTowerSpec spec_ = FullSpec();
  ParameterLayout layout_ = ParameterLayout(spec_);
  Parameters parameters_ = Parameters(layout_, *backend_);
  Gradients gradients_ = Gradients(layout_, *backend_);
  std::vector<float> row_gradient_;
  ScratchBags memory_ = ScratchBags(*backend_);
  tensor::BagsView bags_;
};

TEST_F(OptimizerStateTest, TablesChangeWhereTheStepTouchedThem) {
  const std::vector<float> before = Download(*backend_, parameters_.table(0));
  OptimizerState(settings_, 0, {}, 2.0, layout_, *backend_).Update(0, gradients_, parameters_);
  const std::vector<float> after = Download(*backend_, parameters_.table(0));
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(after[i] - before[i], i / 4 == 3 ? -0.5 : 0, 1e-5) << i;
  }
}

TEST_F(OptimizerStateTest, ScalarsChangeOnlyIfTheyAreLearned) {
  EXPECT_EQ(Change(layout_.scale, {}), 0);
  EXPECT_EQ(Change(layout_.prior_weight, {}), 0);
  EXPECT_NEAR(Change(layout_.prior_weight, {.prior_weight = true}), -0.25, 1e-5);
  EXPECT_NEAR(Change(layout_.scale, {.scale = true}), -0.5, 1e-5) << "in steps of the first scale, 2";
}

TEST_F(OptimizerStateTest, MatricesAloneDecay) {
  settings_.weight_decay = 1;
  const float weight = Dense(layout_.user.weights[0]);
  EXPECT_NEAR(Change(layout_.user.weights[0], {}), -0.25 - 0.25 * weight, 1e-5);
  parameters_.dense(layout_.user.biases[0]).data[0] = 1;
  EXPECT_NEAR(Change(layout_.user.biases[0], {}), -0.25, 1e-5);
}

TEST_F(OptimizerStateTest, RatesRiseOverTheWarmUp) {
  settings_.warmup_steps = 4;
  EXPECT_NEAR(Change(layout_.user.biases[0], {}, 0), -0.25 / 4, 1e-5);
  EXPECT_NEAR(Change(layout_.user.biases[0], {}, 2), -0.25 * 3 / 4, 1e-5);
  EXPECT_NEAR(Change(layout_.user.biases[0], {}, 4), -0.25, 1e-5);
}

TEST_F(OptimizerStateTest, ClipsTheNormOfDenseGradients) {
  OptimizerState(settings_, 0.5, {}, 2.0, layout_, *backend_).Update(0, gradients_, parameters_);
  const tensor::Matrix all = gradients_.flat_dense();
  double squares = 0;
  for (std::int64_t i = 0; i < all.size(); ++i) squares += static_cast<double>(all.data[i]) * all.data[i];
  EXPECT_NEAR(squares, 0.25, 1e-4);
}

}  // namespace
}  // namespace shortlist::model
