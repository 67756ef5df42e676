#include "model/tower_head.h"

#include <algorithm>

namespace shortlist::model {

using tensor::Activation;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Write;

TowerHead::TowerHead(const PerceptronLayout& perceptron, bool residual, Similarity similarity,
                     std::uint64_t first_dropout, tensor::Backend& backend)
    : perceptron_(&perceptron),
      residual_(residual),
      similarity_(similarity),
      first_dropout_(first_dropout),
      backend_(&backend),
      normalized_memory_(backend),
      norm_memory_(backend),
      out_gradient_memory_(backend),
      input_gradient_memory_(backend),
      activation_gradient_memory_(backend) {
  layers_.resize(perceptron.weights.size());
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    layer_memory_.emplace_back(backend);
    layer_gradient_memory_.emplace_back(backend);
  }
}

Matrix TowerHead::Perceptron(const ParameterView& parameters, const DropoutPlan& dropout) {
  Matrix out;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Matrix weight = parameters.dense(perceptron_->weights[l]);
    const bool last = l + 1 == layers_.size();
    out = layer_memory_[l].Shape(input_.rows, weight.columns);
    backend_->Linear(LayerInput(l), weight, parameters.dense(perceptron_->biases[l]).data,
                     last ? Activation::kNone : Activation::kRelu, out);
    if (!last) dropout.Apply(first_dropout_ + l, out, *backend_);
    layers_[l] = out;
  }
  if (residual_) backend_->AddScaled(input_.data, 1.0F, out.data, out.size());
  return out;
}

Matrix TowerHead::Forward(const ParameterView& parameters, ConstMatrix input, const DropoutPlan& dropout) {
  input_ = input;
  Matrix out = normalized_memory_.Shape(input.rows, input.columns);
  const ConstMatrix raw = layers_.empty() ? input : ConstMatrix(Perceptron(parameters, dropout));
  if (similarity_ == Similarity::kDot) {
    backend_->Copy(raw.data, out.data, static_cast<std::size_t>(raw.size()) * sizeof(float));
    return out;
  }
  float* norms = norm_memory_.Shape(input.rows, 1).data;
  backend_->NormalizeRows(raw, out, norms);
  normalized_ = out;
  norms_ = norms;
  return out;
}

void TowerHead::PerceptronBackward(const ParameterView& parameters, Matrix out_gradient, const DropoutPlan& dropout,
                                   Gradients& gradients, Matrix input_gradient) {
  Matrix gradient = out_gradient;
  for (std::size_t l = layers_.size(); l-- > 0;) {
    const bool last = l + 1 == layers_.size();
    const Matrix weight = parameters.dense(perceptron_->weights[l]);
    if (!last) dropout.Apply(first_dropout_ + l, gradient, *backend_);
    const Matrix below = l == 0 ? input_gradient : layer_gradient_memory_[l - 1].Shape(input_.rows, weight.rows);
    const Matrix scratch = activation_gradient_memory_.Shape(input_.rows, weight.columns);
    backend_->LinearBackward(LayerInput(l), weight, layers_[l], last ? Activation::kNone : Activation::kRelu, gradient,
                             scratch, below, l == 0 && residual_ ? Write::kAdd : Write::kOverwrite,
                             gradients.dense(perceptron_->weights[l]), gradients.dense(perceptron_->biases[l]).data);
    gradient = below;
  }
}

Matrix TowerHead::Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                           Gradients& gradients) {
  const auto bytes = static_cast<std::size_t>(out_gradient.size()) * sizeof(float);
  const Matrix raw_gradient = out_gradient_memory_.Shape(out_gradient.rows, out_gradient.columns);
  if (similarity_ == Similarity::kCosine) {
    backend_->NormalizeRowsBackward(normalized_, norms_, out_gradient, raw_gradient);
  } else {
    backend_->Copy(out_gradient.data, raw_gradient.data, bytes);
  }
  if (layers_.empty()) return raw_gradient;
  const Matrix input_gradient = input_gradient_memory_.Shape(out_gradient.rows, out_gradient.columns);
  if (residual_) backend_->Copy(raw_gradient.data, input_gradient.data, bytes);
  PerceptronBackward(parameters, raw_gradient, dropout, gradients, input_gradient);
  return input_gradient;
}

}  // namespace shortlist::model
