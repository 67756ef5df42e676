#include "model/encoder_layout.h"

#include <string>

#include "model/parameters.h"

namespace shortlist::model {
namespace {

std::string Named(const char* part, std::size_t number) {
  return "encoder." + std::string(part) + "_" + std::to_string(number);
}

void AddNorm(const std::string& name, ParameterLayout& layout, NormLayout& norm) {
  norm.gain = layout.AddDense(name + ".gain", 1, layout.dimension);
  norm.bias = layout.AddDense(name + ".bias", 1, layout.dimension);
}

void AddAttentionMatrices(const std::string& name, ParameterLayout& layout, AttentionLayout& attention) {
  attention.query = layout.AddDense(name + ".query.weight", layout.dimension, layout.dimension);
  attention.key = layout.AddDense(name + ".key.weight", layout.dimension, layout.dimension);
}

void AddBlockMatrices(std::int64_t feed_forward, std::size_t block, ParameterLayout& layout) {
  const std::int64_t width = layout.dimension;
  AttentionLayout& attention = layout.encoder.attentions[block];
  AddAttentionMatrices(Named("attention", block), layout, attention);
  attention.value = layout.AddDense(Named("attention", block) + ".value.weight", width, width);
  attention.out = layout.AddDense(Named("attention", block) + ".out.weight", width, width);
  FeedForwardLayout& perceptron = layout.encoder.feed_forwards[block];
  perceptron.wide = layout.AddDense(Named("feed_forward", block) + ".wide.weight", width, feed_forward);
  perceptron.narrow = layout.AddDense(Named("feed_forward", block) + ".narrow.weight", feed_forward, width);
}

void AddGruMatrices(std::size_t number, ParameterLayout& layout) {
  GruLayout& gru = layout.encoder.grus[number];
  gru.input = layout.AddDense(Named("gru", number) + ".input.weight", layout.dimension, 3 * layout.dimension);
  gru.recurrent = layout.AddDense(Named("gru", number) + ".recurrent.weight", layout.dimension, 3 * layout.dimension);
}

void AddFeedForwardVectors(std::int64_t width, std::size_t block, ParameterLayout& layout) {
  const std::string name = Named("feed_forward", block);
  FeedForwardLayout& perceptron = layout.encoder.feed_forwards[block];
  AddNorm(name + ".norm", layout, perceptron.norm);
  perceptron.wide_bias = layout.AddDense(name + ".wide.bias", 1, width);
  perceptron.narrow_bias = layout.AddDense(name + ".narrow.bias", 1, layout.dimension);
}

}  // namespace

void AddEncoderMatrices(const HistorySettings& settings, ParameterLayout& layout) {
  const EncoderSettings& encoder = settings.encoder;
  const auto layers = static_cast<std::size_t>(encoder.layers);
  EncoderLayout& added = layout.encoder;
  if (encoder.kind == EncoderKind::kPooled) return;
  if (encoder.kind == EncoderKind::kAttention) {
    added.attentions.resize(1);
    AddAttentionMatrices(Named("attention", 0), layout, added.attentions.front());
    return;
  }
  if (encoder.kind == EncoderKind::kTransformer) {
    added.attentions.resize(layers);
    added.feed_forwards.resize(layers);
    for (std::size_t block = 0; block < layers; ++block) AddBlockMatrices(encoder.feed_forward, block, layout);
  } else {
    added.grus.resize(layers);
    for (std::size_t layer = 0; layer < layers; ++layer) AddGruMatrices(layer, layout);
  }
  added.output = layout.AddDense("encoder.output.weight", layout.dimension, layout.dimension);
}

void AddEncoderVectors(const HistorySettings& settings, ParameterLayout& layout) {
  EncoderLayout& added = layout.encoder;
  if (added.output != kAbsent) AddNorm("encoder.input_norm", layout, added.input_norm);
  for (std::size_t a = 0; a < added.attentions.size(); ++a) {
    AddNorm(Named("attention", a) + ".norm", layout, added.attentions[a].norm);
    added.attentions[a].distance_bias =
        layout.AddDense(Named("attention", a) + ".distance_bias", settings.encoder.heads, settings.max_length);
  }
  for (std::size_t block = 0; block < added.feed_forwards.size(); ++block) {
    AddFeedForwardVectors(settings.encoder.feed_forward, block, layout);
  }
  for (std::size_t layer = 0; layer < added.grus.size(); ++layer) {
    added.grus[layer].input_bias = layout.AddDense(Named("gru", layer) + ".input.bias", 1, 3 * layout.dimension);
  }
  if (!added.feed_forwards.empty()) AddNorm("encoder.output_norm", layout, added.output_norm);
}

}  // namespace shortlist::model
