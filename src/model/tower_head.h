// What both towers end with: an optional perceptron with an optional residual, then, for cosine similarity, the
// normalization of every row. Keeps the activations of its last forward pass for the backward pass.
#pragma once

#include <cstdint>
#include <vector>

#include "model/parameter_view.h"
#include "model/parameters.h"
#include "model/scratch.h"
#include "shortlist/settings/model.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Dropout of one step: every use draws from a stream of its own, so that the masks of a step depend on seed and step
// alone. A rate of zero drops nothing.
class DropoutPlan {
 public:
  DropoutPlan() = default;
  // `first_stream` must leave room for the uses of a step: kStreamsPerStep.
  DropoutPlan(float rate, std::uint64_t seed, std::uint64_t first_stream)
      : drops_(true), rate_(rate), seed_(seed), stream_(first_stream) {}

  // The same step for rows that begin at `row` of those of all ranks.
  DropoutPlan FromRow(std::int64_t row) const {
    DropoutPlan plan = *this;
    plan.first_row_ = row;
    return plan;
  }

  // The same step at another rate; a plan made without one still drops nothing.
  DropoutPlan WithRate(float rate) const {
    DropoutPlan plan = *this;
    plan.rate_ = drops_ ? rate : 0;
    return plan;
  }

  static constexpr std::uint64_t kStreamsPerStep = 1024;

  // Use `index` of the step, on activations and on their gradients alike.
  void Apply(std::uint64_t index, tensor::Matrix values, tensor::Backend& backend) const {
    if (rate_ > 0) backend.Dropout(values, rate_, {seed_, stream_ + index}, first_row_ * values.columns);
  }

 private:
  bool drops_ = false;
  float rate_ = 0;
  std::uint64_t seed_ = 0;
  std::uint64_t stream_ = 0;
  std::int64_t first_row_ = 0;
};

class TowerHead {
 public:
  // Uses `first_dropout` and the following of the dropout plan, one per hidden layer.
  TowerHead(const PerceptronLayout& perceptron, bool residual, Similarity similarity, std::uint64_t first_dropout,
            tensor::Backend& backend);

  // input is [B, D]; the result, [B, D], lives until the next Forward, and so long must the input.
  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix input, const DropoutPlan& dropout);
  // d loss / d input, which lives until the next Backward; adds the gradients of the layers.
  tensor::Matrix Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, const DropoutPlan& dropout,
                          Gradients& gradients);

 private:
  tensor::Matrix Perceptron(const ParameterView& parameters, const DropoutPlan& dropout);
  void PerceptronBackward(const ParameterView& parameters, tensor::Matrix out_gradient, const DropoutPlan& dropout,
                          Gradients& gradients, tensor::Matrix input_gradient);
  tensor::ConstMatrix LayerInput(std::size_t layer) const { return layer == 0 ? input_ : layers_[layer - 1]; }

  const PerceptronLayout* perceptron_;
  bool residual_;
  Similarity similarity_;
  std::uint64_t first_dropout_;
  tensor::Backend* backend_;

  tensor::ConstMatrix input_;
  std::vector<tensor::ConstMatrix> layers_;  // outputs, after dropout
  tensor::ConstMatrix normalized_;
  const float* norms_ = nullptr;
  std::vector<ScratchMatrix> layer_memory_;
  std::vector<ScratchMatrix> layer_gradient_memory_;
  ScratchMatrix normalized_memory_;
  ScratchMatrix norm_memory_;
  ScratchMatrix out_gradient_memory_;
  ScratchMatrix input_gradient_memory_;
  ScratchMatrix activation_gradient_memory_;
};

}  // namespace shortlist::model
