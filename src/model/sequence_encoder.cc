#include "model/sequence_encoder.h"

#include <deque>

#include "model/encoder_layers.h"

namespace shortlist::model {
namespace {

using tensor::Activation;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::SequencesView;
using tensor::Write;

// Uses of the dropout plan, far from those of the towers.
constexpr std::uint64_t kInputDropout = 256;
constexpr std::uint64_t kLayerDropout = 257;
constexpr std::uint64_t kDropoutsPerBlock = 3;

class AttentionEncoder final : public SequenceEncoder {
 public:
  AttentionEncoder(const EncoderSettings& settings, const EncoderLayout& layout, tensor::Backend& backend)
      : attention_(layout.attentions.front(), settings.heads, kLayerDropout, backend) {}

  Matrix Forward(const ParameterView& parameters, ConstMatrix items, const SequencesView& sequences,
                 const DropoutPlan& dropout) override {
    return attention_.Forward(parameters, items, sequences, dropout);
  }
  Matrix Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                  Gradients& gradients) override {
    return attention_.Backward(parameters, out_gradient, dropout, gradients);
  }

 private:
  AttentionLayer attention_;
};

// What stands before and behind the layers of an encoder: norm and dropout of the items, and a matrix with a scale.
// Layers compute with values around one, and item vectors start with a deviation of `scale`: the scale makes encoded
// vectors as large, so that they neither drown pools nor dominate the gradients of items.
class Frame {
 public:
  Frame(const EncoderLayout& layout, double scale, tensor::Backend& backend)
      : backend_(&backend),
        scale_(static_cast<float>(scale)),
        input_norm_(layout.input_norm, backend),
        output_(layout.output, kAbsent, Activation::kNone, backend),
        scaled_gradient_memory_(backend),
        output_gradient_memory_(backend),
        input_gradient_memory_(backend) {}

  Matrix Enter(const ParameterView& parameters, ConstMatrix items, const DropoutPlan& dropout) {
    const Matrix normalized = input_norm_.Forward(parameters, items);
    dropout.Apply(kInputDropout, normalized, *backend_);
    return normalized;
  }
  Matrix Leave(const ParameterView& parameters, ConstMatrix encoded) {
    const Matrix out = output_.Forward(parameters, encoded);
    backend_->Scale(out.data, scale_, out.size());
    return out;
  }

  Matrix LeaveBackward(const ParameterView& parameters, ConstMatrix out_gradient, Gradients& gradients) {
    const Matrix scaled = scaled_gradient_memory_.Shape(out_gradient.rows, out_gradient.columns);
    backend_->Copy(out_gradient.data, scaled.data, static_cast<std::size_t>(scaled.size()) * sizeof(float));
    backend_->Scale(scaled.data, scale_, scaled.size());
    const Matrix gradient = output_gradient_memory_.Shape(out_gradient.rows, out_gradient.columns);
    output_.Backward(parameters, scaled, gradients, gradient, Write::kOverwrite);
    return gradient;
  }
  Matrix EnterBackward(const ParameterView& parameters, ConstMatrix gradient, const DropoutPlan& dropout,
                       Gradients& gradients) {
    const Matrix kept = Dropped(gradient, dropout, kInputDropout, input_gradient_memory_, *backend_);
    return input_norm_.Backward(parameters, kept, gradients);
  }

 private:
  tensor::Backend* backend_;
  float scale_;
  NormLayer input_norm_;
  LinearLayer output_;
  ScratchMatrix scaled_gradient_memory_;
  ScratchMatrix output_gradient_memory_;
  ScratchMatrix input_gradient_memory_;
};

class GruEncoder final : public SequenceEncoder {
 public:
  GruEncoder(const EncoderLayout& layout, double scale, tensor::Backend& backend) : frame_(layout, scale, backend) {
    std::uint64_t dropout = kLayerDropout;
    for (const GruLayout& gru : layout.grus) layers_.emplace_back(gru, dropout++, backend);
  }

  Matrix Forward(const ParameterView& parameters, ConstMatrix items, const SequencesView& sequences,
                 const DropoutPlan& dropout) override {
    Matrix rows = frame_.Enter(parameters, items, dropout);
    for (GruLayer& layer : layers_) rows = layer.Forward(parameters, rows, sequences, dropout);
    return frame_.Leave(parameters, rows);
  }
  Matrix Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                  Gradients& gradients) override {
    Matrix gradient = frame_.LeaveBackward(parameters, out_gradient, gradients);
    for (std::size_t l = layers_.size(); l-- > 0;) {
      gradient = layers_[l].Backward(parameters, gradient, dropout, gradients);
    }
    return frame_.EnterBackward(parameters, gradient, dropout, gradients);
  }

 private:
  Frame frame_;
  std::deque<GruLayer> layers_;
};

class TransformerEncoder final : public SequenceEncoder {
 public:
  TransformerEncoder(const EncoderSettings& settings, const EncoderLayout& layout, double scale,
                     tensor::Backend& backend)
      : backend_(&backend), frame_(layout, scale, backend), output_norm_(layout.output_norm, backend) {
    std::uint64_t dropout = kLayerDropout;
    for (std::size_t block = 0; block < layout.attentions.size(); ++block, dropout += kDropoutsPerBlock) {
      attentions_.emplace_back(layout.attentions[block], settings.heads, dropout, backend);
      feed_forwards_.emplace_back(layout.feed_forwards[block], dropout + 1, backend);
    }
  }

  Matrix Forward(const ParameterView& parameters, ConstMatrix items, const SequencesView& sequences,
                 const DropoutPlan& dropout) override {
    Matrix rows = frame_.Enter(parameters, items, dropout);
    for (std::size_t block = 0; block < attentions_.size(); ++block) {
      rows = Sum(rows, attentions_[block].Forward(parameters, rows, sequences, dropout));
      rows = Sum(rows, feed_forwards_[block].Forward(parameters, rows, dropout));
    }
    return frame_.Leave(parameters, output_norm_.Forward(parameters, rows));
  }
  Matrix Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                  Gradients& gradients) override {
    Matrix gradient =
        output_norm_.Backward(parameters, frame_.LeaveBackward(parameters, out_gradient, gradients), gradients);
    for (std::size_t block = attentions_.size(); block-- > 0;) {
      gradient = Sum(gradient, feed_forwards_[block].Backward(parameters, gradient, dropout, gradients));
      gradient = Sum(gradient, attentions_[block].Backward(parameters, gradient, dropout, gradients));
    }
    return frame_.EnterBackward(parameters, gradient, dropout, gradients);
  }

 private:
  // Added to the second, which is a layer's own memory.
  Matrix Sum(ConstMatrix input, Matrix of_layer) {
    backend_->AddScaled(input.data, 1, of_layer.data, of_layer.size());
    return of_layer;
  }

  tensor::Backend* backend_;
  Frame frame_;
  std::deque<AttentionLayer> attentions_;
  std::deque<FeedForwardLayer> feed_forwards_;
  NormLayer output_norm_;
};

}  // namespace

std::unique_ptr<SequenceEncoder> MakeSequenceEncoder(const TwoTowerSpec& spec, const ParameterLayout& layout,
                                                     tensor::Backend& backend) {
  const EncoderSettings& settings = spec.settings.history.encoder;
  const double scale = spec.settings.initial_deviation;
  switch (settings.kind) {
    case EncoderKind::kAttention:
      return std::make_unique<AttentionEncoder>(settings, layout.encoder, backend);
    case EncoderKind::kGru:
      return std::make_unique<GruEncoder>(layout.encoder, scale, backend);
    case EncoderKind::kTransformer:
      return std::make_unique<TransformerEncoder>(settings, layout.encoder, scale, backend);
    case EncoderKind::kPooled:
      break;
  }
  return nullptr;
}

}  // namespace shortlist::model
