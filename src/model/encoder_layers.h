// What sequence encoders are made of. Each keeps what its last forward pass wrote for the backward pass; results live
// until the next pass, and so long must inputs. Backends and layouts must outlive them.
#pragma once

#include <cstdint>

#include "model/encoder_layout.h"
#include "model/parameter_view.h"
#include "model/parameters.h"
#include "model/scratch.h"
#include "model/tower_head.h"
#include "tensor/backend.h"

namespace shortlist::model {

// activation(input * weight + bias); kAbsent for no bias.
class LinearLayer {
 public:
  LinearLayer(std::size_t weight, std::size_t bias, tensor::Activation activation, tensor::Backend& backend);

  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix input);
  // Writes d loss / d input.
  void Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, Gradients& gradients,
                tensor::Matrix input_gradient, tensor::Write write);

 private:
  std::size_t weight_;
  std::size_t bias_;
  tensor::Activation activation_;
  tensor::Backend* backend_;
  tensor::ConstMatrix input_;
  tensor::ConstMatrix out_;
  ScratchMatrix out_memory_;
  ScratchMatrix slope_memory_;
};

class NormLayer {
 public:
  NormLayer(const NormLayout& layout, tensor::Backend& backend);

  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix input);
  // d loss / d input.
  tensor::Matrix Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, Gradients& gradients);

 private:
  const NormLayout* layout_;
  tensor::Backend* backend_;
  tensor::ConstMatrix input_;
  const float* statistics_ = nullptr;
  ScratchMatrix out_memory_;
  ScratchMatrix statistics_memory_;
  ScratchMatrix gradient_memory_;
};

// Causal multi-head attention over the normalized input. Without value and out matrices, values are the input itself.
class AttentionLayer {
 public:
  AttentionLayer(const AttentionLayout& layout, std::int64_t heads, std::uint64_t dropout, tensor::Backend& backend);

  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix input,
                         const tensor::SequencesView& sequences, const DropoutPlan& dropout);
  tensor::Matrix Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, const DropoutPlan& dropout,
                          Gradients& gradients);

 private:
  tensor::ConstMatrix OfAttended(const ParameterView& parameters, tensor::ConstMatrix out_gradient,
                                 const DropoutPlan& dropout, Gradients& gradients);

  const AttentionLayout* layout_;
  std::uint64_t dropout_;
  tensor::Backend* backend_;
  NormLayer norm_;
  LinearLayer query_;
  LinearLayer key_;
  LinearLayer value_;
  LinearLayer out_;
  tensor::AttentionInputs inputs_;
  tensor::ConstMatrix attended_;
  const float* log_sums_ = nullptr;
  ScratchMatrix attended_memory_;
  ScratchMatrix log_sum_memory_;
  ScratchMatrix out_gradient_memory_;
  ScratchMatrix attended_gradient_memory_;
  ScratchMatrix query_gradient_memory_;
  ScratchMatrix key_gradient_memory_;
  ScratchMatrix value_gradient_memory_;
  ScratchMatrix norm_gradient_memory_;
};

// A perceptron of one hidden layer over the normalized input of each row.
class FeedForwardLayer {
 public:
  // Uses `dropout` and the following of the dropout plan.
  FeedForwardLayer(const FeedForwardLayout& layout, std::uint64_t dropout, tensor::Backend& backend);

  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix input, const DropoutPlan& dropout);
  tensor::Matrix Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, const DropoutPlan& dropout,
                          Gradients& gradients);

 private:
  const FeedForwardLayout* layout_;
  std::uint64_t dropout_;
  tensor::Backend* backend_;
  NormLayer norm_;
  LinearLayer wide_;
  LinearLayer narrow_;
  ScratchMatrix out_gradient_memory_;
  ScratchMatrix wide_gradient_memory_;
  ScratchMatrix norm_gradient_memory_;
};

// A gated recurrent unit along each sequence.
class GruLayer {
 public:
  GruLayer(const GruLayout& layout, std::uint64_t dropout, tensor::Backend& backend);

  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix input,
                         const tensor::SequencesView& sequences, const DropoutPlan& dropout);
  tensor::Matrix Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, const DropoutPlan& dropout,
                          Gradients& gradients);

 private:
  const GruLayout* layout_;
  std::uint64_t dropout_;
  tensor::Backend* backend_;
  LinearLayer input_;
  tensor::SequencesView sequences_;
  tensor::ConstMatrix states_;
  tensor::ConstMatrix gates_;
  ScratchMatrix state_memory_;
  ScratchMatrix gate_memory_;
  ScratchMatrix out_memory_;
  ScratchMatrix out_gradient_memory_;
  ScratchMatrix product_memory_;
  ScratchMatrix gate_gradient_memory_;
  ScratchMatrix input_gradient_memory_;
};

// A copy in `memory` with dropout `use` of the plan applied: of activations, and of their gradients alike.
tensor::Matrix Dropped(tensor::ConstMatrix values, const DropoutPlan& dropout, std::uint64_t use, ScratchMatrix& memory,
                       tensor::Backend& backend);

}  // namespace shortlist::model
