#include "model/encoder_layers.h"

namespace shortlist::model {

using tensor::Activation;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Write;

Matrix Dropped(ConstMatrix values, const DropoutPlan& dropout, std::uint64_t use, ScratchMatrix& memory,
               tensor::Backend& backend) {
  const Matrix copy = memory.Shape(values.rows, values.columns);
  backend.Copy(values.data, copy.data, static_cast<std::size_t>(values.size()) * sizeof(float));
  dropout.Apply(use, copy, backend);
  return copy;
}

LinearLayer::LinearLayer(std::size_t weight, std::size_t bias, Activation activation, tensor::Backend& backend)
    : weight_(weight),
      bias_(bias),
      activation_(activation),
      backend_(&backend),
      out_memory_(backend),
      slope_memory_(backend) {}

Matrix LinearLayer::Forward(const ParameterView& parameters, ConstMatrix input) {
  const Matrix weight = parameters.dense(weight_);
  const Matrix out = out_memory_.Shape(input.rows, weight.columns);
  const float* bias = bias_ == kAbsent ? nullptr : parameters.dense(bias_).data;
  backend_->Linear(input, weight, bias, activation_, out);
  input_ = input;
  out_ = out;
  return out;
}

void LinearLayer::Backward(const ParameterView& parameters, ConstMatrix out_gradient, Gradients& gradients,
                           Matrix input_gradient, Write write) {
  const Matrix slope = slope_memory_.Shape(out_.rows, out_.columns);
  float* bias_gradient = bias_ == kAbsent ? nullptr : gradients.dense(bias_).data;
  backend_->LinearBackward(input_, parameters.dense(weight_), out_, activation_, out_gradient, slope, input_gradient,
                           write, gradients.dense(weight_), bias_gradient);
}

NormLayer::NormLayer(const NormLayout& layout, tensor::Backend& backend)
    : layout_(&layout),
      backend_(&backend),
      out_memory_(backend),
      statistics_memory_(backend),
      gradient_memory_(backend) {}

Matrix NormLayer::Forward(const ParameterView& parameters, ConstMatrix input) {
  const Matrix out = out_memory_.Shape(input.rows, input.columns);
  float* statistics = statistics_memory_.Shape(input.rows, 2).data;
  backend_->LayerNorm(input, parameters.dense(layout_->gain).data, parameters.dense(layout_->bias).data, out,
                      statistics);
  input_ = input;
  statistics_ = statistics;
  return out;
}

Matrix NormLayer::Backward(const ParameterView& parameters, ConstMatrix out_gradient, Gradients& gradients) {
  const Matrix gradient = gradient_memory_.Shape(input_.rows, input_.columns);
  backend_->LayerNormBackward(input_, parameters.dense(layout_->gain).data, statistics_, out_gradient, gradient,
                              gradients.dense(layout_->gain).data, gradients.dense(layout_->bias).data);
  return gradient;
}

AttentionLayer::AttentionLayer(const AttentionLayout& layout, std::int64_t heads, std::uint64_t dropout,
                               tensor::Backend& backend)
    : layout_(&layout),
      dropout_(dropout),
      backend_(&backend),
      norm_(layout.norm, backend),
      query_(layout.query, kAbsent, Activation::kNone, backend),
      key_(layout.key, kAbsent, Activation::kNone, backend),
      value_(layout.value, kAbsent, Activation::kNone, backend),
      out_(layout.out, kAbsent, Activation::kNone, backend),
      attended_memory_(backend),
      log_sum_memory_(backend),
      out_gradient_memory_(backend),
      attended_gradient_memory_(backend),
      query_gradient_memory_(backend),
      key_gradient_memory_(backend),
      value_gradient_memory_(backend),
      norm_gradient_memory_(backend) {
  inputs_.heads = heads;
}

Matrix AttentionLayer::Forward(const ParameterView& parameters, ConstMatrix input,
                               const tensor::SequencesView& sequences, const DropoutPlan& dropout) {
  const Matrix normalized = norm_.Forward(parameters, input);
  inputs_.queries = query_.Forward(parameters, normalized);
  inputs_.keys = key_.Forward(parameters, normalized);
  inputs_.values = layout_->value == kAbsent ? input : value_.Forward(parameters, normalized);
  inputs_.sequences = sequences;
  inputs_.distance_bias = parameters.dense(layout_->distance_bias);
  const Matrix attended = attended_memory_.Shape(input.rows, input.columns);
  float* log_sums = log_sum_memory_.Shape(input.rows, inputs_.heads).data;
  backend_->CausalAttention(inputs_, attended, log_sums);
  attended_ = attended;
  log_sums_ = log_sums;
  if (layout_->out == kAbsent) return attended;
  const Matrix out = out_.Forward(parameters, attended);
  dropout.Apply(dropout_, out, *backend_);
  return out;
}

// d loss / d the attended values.
ConstMatrix AttentionLayer::OfAttended(const ParameterView& parameters, ConstMatrix out_gradient,
                                       const DropoutPlan& dropout, Gradients& gradients) {
  if (layout_->out == kAbsent) return out_gradient;
  const Matrix kept = Dropped(out_gradient, dropout, dropout_, out_gradient_memory_, *backend_);
  const Matrix attended = attended_gradient_memory_.Shape(attended_.rows, attended_.columns);
  out_.Backward(parameters, kept, gradients, attended, Write::kOverwrite);
  return attended;
}

Matrix AttentionLayer::Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                                Gradients& gradients) {
  const ConstMatrix of_attended = OfAttended(parameters, out_gradient, dropout, gradients);
  tensor::AttentionGradients of_inputs;
  of_inputs.queries = query_gradient_memory_.Shape(attended_.rows, attended_.columns);
  of_inputs.keys = key_gradient_memory_.Shape(attended_.rows, attended_.columns);
  of_inputs.values = value_gradient_memory_.Shape(attended_.rows, attended_.columns);
  of_inputs.distance_bias = gradients.dense(layout_->distance_bias);
  backend_->CausalAttentionBackward(inputs_, attended_, log_sums_, of_attended, of_inputs);
  const Matrix of_normalized = norm_gradient_memory_.Shape(attended_.rows, attended_.columns);
  query_.Backward(parameters, of_inputs.queries, gradients, of_normalized, Write::kOverwrite);
  key_.Backward(parameters, of_inputs.keys, gradients, of_normalized, Write::kAdd);
  if (layout_->value != kAbsent) value_.Backward(parameters, of_inputs.values, gradients, of_normalized, Write::kAdd);
  const Matrix of_input = norm_.Backward(parameters, of_normalized, gradients);
  if (layout_->value == kAbsent) backend_->AddScaled(of_inputs.values.data, 1, of_input.data, of_input.size());
  return of_input;
}

FeedForwardLayer::FeedForwardLayer(const FeedForwardLayout& layout, std::uint64_t dropout, tensor::Backend& backend)
    : layout_(&layout),
      dropout_(dropout),
      backend_(&backend),
      norm_(layout.norm, backend),
      wide_(layout.wide, layout.wide_bias, Activation::kRelu, backend),
      narrow_(layout.narrow, layout.narrow_bias, Activation::kNone, backend),
      out_gradient_memory_(backend),
      wide_gradient_memory_(backend),
      norm_gradient_memory_(backend) {}

Matrix FeedForwardLayer::Forward(const ParameterView& parameters, ConstMatrix input, const DropoutPlan& dropout) {
  const Matrix wide = wide_.Forward(parameters, norm_.Forward(parameters, input));
  dropout.Apply(dropout_, wide, *backend_);
  const Matrix out = narrow_.Forward(parameters, wide);
  dropout.Apply(dropout_ + 1, out, *backend_);
  return out;
}

Matrix FeedForwardLayer::Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                                  Gradients& gradients) {
  const Matrix kept = Dropped(out_gradient, dropout, dropout_ + 1, out_gradient_memory_, *backend_);
  const std::int64_t width = parameters.dense(layout_->narrow).rows;
  const Matrix of_wide = wide_gradient_memory_.Shape(kept.rows, width);
  narrow_.Backward(parameters, kept, gradients, of_wide, Write::kOverwrite);
  dropout.Apply(dropout_, of_wide, *backend_);
  const Matrix of_normalized = norm_gradient_memory_.Shape(kept.rows, kept.columns);
  wide_.Backward(parameters, of_wide, gradients, of_normalized, Write::kOverwrite);
  return norm_.Backward(parameters, of_normalized, gradients);
}

GruLayer::GruLayer(const GruLayout& layout, std::uint64_t dropout, tensor::Backend& backend)
    : layout_(&layout),
      dropout_(dropout),
      backend_(&backend),
      input_(layout.input, layout.input_bias, Activation::kNone, backend),
      state_memory_(backend),
      gate_memory_(backend),
      out_memory_(backend),
      out_gradient_memory_(backend),
      product_memory_(backend),
      gate_gradient_memory_(backend),
      input_gradient_memory_(backend) {}

Matrix GruLayer::Forward(const ParameterView& parameters, ConstMatrix input, const tensor::SequencesView& sequences,
                         const DropoutPlan& dropout) {
  const Matrix own = input_.Forward(parameters, input);
  const Matrix states = state_memory_.Shape(input.rows, input.columns);
  const Matrix gates = gate_memory_.Shape(input.rows, 4 * input.columns);
  backend_->Gru(own, sequences, parameters.dense(layout_->recurrent), states, gates);
  sequences_ = sequences;
  states_ = states;
  gates_ = gates;
  return Dropped(states, dropout, dropout_, out_memory_, *backend_);
}

Matrix GruLayer::Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                          Gradients& gradients) {
  const Matrix kept = Dropped(out_gradient, dropout, dropout_, out_gradient_memory_, *backend_);
  const Matrix of_own = gate_gradient_memory_.Shape(kept.rows, 3 * kept.columns);
  backend_->GruBackward(sequences_, parameters.dense(layout_->recurrent), states_, gates_, kept,
                        product_memory_.Shape(kept.rows, 4 * kept.columns), of_own,
                        gradients.dense(layout_->recurrent));
  const Matrix of_input = input_gradient_memory_.Shape(kept.rows, kept.columns);
  input_.Backward(parameters, of_own, gradients, of_input, Write::kOverwrite);
  return of_input;
}

}  // namespace shortlist::model
