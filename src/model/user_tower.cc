#include "model/user_tower.h"

#include <algorithm>
#include <span>

namespace shortlist::model {

using tensor::Activation;
using tensor::ConstMatrix;
using tensor::Matrix;
using tensor::Write;

namespace {

constexpr std::uint64_t kPoolDropout = 0;
constexpr std::uint64_t kHeadDropout = 1;

bool ReadsPools(const EncoderSettings& encoder) {
  return encoder.kind == EncoderKind::kPooled || encoder.add_pools;
}

std::int64_t LongestOf(const std::vector<std::int64_t>& offsets) {
  std::int64_t longest = 0;
  for (std::size_t s = 1; s < offsets.size(); ++s) longest = std::max(longest, offsets[s] - offsets[s - 1]);
  return longest;
}

}  // namespace

UserTower::Sequences::Sequences(tensor::Backend& backend)
    : item_memory(backend),
      newest_memory(backend),
      offset_memory(backend),
      vector_memory(backend),
      encoded_gradient_memory(backend) {}

tensor::SequencesView UserTower::Sequences::Upload(const base::Sequences& sequences) {
  items = item_memory.Upload(sequences.items);
  newest = newest_memory.Upload(sequences.newest);
  first_item = sequences.first_item;
  const std::int64_t* offsets = offset_memory.Upload(std::span<const std::int64_t>(sequences.offsets));
  return {offsets, static_cast<std::int64_t>(sequences.offsets.size()) - 1, items.rows, LongestOf(sequences.offsets)};
}

UserTower::UserTower(const TwoTowerSpec& spec, const ParameterLayout& layout, tensor::Backend& backend)
    : layout_(&layout),
      backend_(&backend),
      encoder_(MakeSequenceEncoder(spec, layout, backend)),
      encoder_dropout_(static_cast<float>(spec.settings.history.encoder.dropout)),
      sequences_(backend),
      context_(spec.context_features.size()),
      context_dense_memory_(backend),
      input_(backend),
      product_(backend),
      pooled_gradient_(backend),
      head_(layout.user, spec.settings.user_residual, spec.settings.similarity, kHeadDropout, backend) {
  const std::size_t pools = ReadsPools(spec.settings.history.encoder) ? spec.settings.history.pools.size() : 0;
  for (std::size_t p = 0; p < pools; ++p) pools_.emplace_back(backend);
  for (std::size_t f = 0; f < spec.context_features.size(); ++f) context_memory_.emplace_back(backend);
}

Matrix UserTower::Forward(const ParameterView& parameters, ConstMatrix item_vectors, const base::QueryBatch& queries,
                          const DropoutPlan& dropout) {
  for (std::size_t p = 0; p < pools_.size(); ++p) pools_[p].bags = pools_[p].bags_memory.Upload(queries.pools[p]);
  const Matrix input = input_.Shape(queries.rows(), layout_->dimension);
  if (!pools_.empty()) PoolHistory(parameters, item_vectors, input);
  if (encoder_) EncodeHistory(parameters, item_vectors, queries, dropout, input);
  dropout.Apply(kPoolDropout, input, *backend_);
  AddContext(parameters, queries.context, input);
  return head_.Forward(parameters, input, dropout);
}

void UserTower::EncodeHistory(const ParameterView& parameters, ConstMatrix item_vectors,
                              const base::QueryBatch& queries, const DropoutPlan& dropout, Matrix out) {
  const tensor::SequencesView sequences = sequences_.Upload(queries.sequences);
  const Matrix vectors = sequences_.vector_memory.Shape(sequences.rows, layout_->dimension);
  backend_->GatherPool(item_vectors, sequences_.items, Write::kOverwrite, vectors);
  const Matrix encoded = encoder_->Forward(parameters, vectors, sequences, EncoderDropout(dropout));
  backend_->GatherPool(encoded, sequences_.newest, pools_.empty() ? Write::kOverwrite : Write::kAdd, out);
}

void UserTower::EncodeBackward(const ParameterView& parameters, ConstMatrix gradient, const DropoutPlan& dropout,
                               Gradients& gradients, std::vector<tensor::SparseGradient>& item_vector_uses) {
  const Matrix of_encoded = sequences_.encoded_gradient_memory.Shape(sequences_.items.rows, gradient.columns);
  backend_->Zero(of_encoded.data, static_cast<std::size_t>(of_encoded.size()) * sizeof(float));
  const tensor::SparseGradient of_newest = {sequences_.newest, gradient};
  backend_->ScatterAdd(std::span(&of_newest, 1), of_encoded);
  item_vector_uses.push_back(
      {sequences_.items, encoder_->Backward(parameters, of_encoded, EncoderDropout(dropout), gradients)});
}

void UserTower::PoolHistory(const ParameterView& parameters, ConstMatrix item_vectors, Matrix out) {
  if (pools_.size() == 1) return backend_->GatherPool(item_vectors, pools_.front().bags, Write::kOverwrite, out);
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    const Matrix mean = pools_[p].mean_memory.Shape(out.rows, out.columns);
    backend_->GatherPool(item_vectors, pools_[p].bags, Write::kOverwrite, mean);
    pools_[p].mean = mean;
    const Matrix mixed = p == 0 ? out : product_.Shape(out.rows, out.columns);
    backend_->Linear(mean, parameters.dense(layout_->pool_mixers[p]), nullptr, Activation::kNone, mixed);
    if (p > 0) backend_->AddScaled(mixed.data, 1.0F, out.data, out.size());
  }
}

void UserTower::AddContext(const ParameterView& parameters, const base::EncodedFeatures& context, Matrix out) {
  for (std::size_t f = 0; f < context_.size(); ++f) {
    context_[f] = context_memory_[f].Upload(context.categorical[f]);
    backend_->GatherPool(parameters.table(layout_->first_context_table + f), context_[f], Write::kAdd, out);
  }
  if (layout_->context_dense == ParameterLayout::kAbsent) return;
  context_dense_ = {context_dense_memory_.Upload(std::span<const float>(context.dense)), out.rows, context.dense_width};
  const Matrix product = product_.Shape(out.rows, out.columns);
  backend_->Linear(context_dense_, parameters.dense(layout_->context_dense), nullptr, Activation::kNone, product);
  backend_->AddScaled(product.data, 1.0F, out.data, out.size());
}

void UserTower::Backward(const ParameterView& parameters, ConstMatrix out_gradient, const DropoutPlan& dropout,
                         Gradients& gradients, std::vector<tensor::SparseGradient>& item_vector_uses) {
  const Matrix gradient = head_.Backward(parameters, out_gradient, dropout, gradients);
  ContextBackward(parameters, gradient, gradients);
  const Matrix pooled = pooled_gradient_.Shape(gradient.rows, gradient.columns);
  backend_->Copy(gradient.data, pooled.data, static_cast<std::size_t>(gradient.size()) * sizeof(float));
  dropout.Apply(kPoolDropout, pooled, *backend_);
  if (encoder_) EncodeBackward(parameters, pooled, dropout, gradients, item_vector_uses);
  if (!pools_.empty()) PoolBackward(parameters, pooled, gradients, item_vector_uses);
}

void UserTower::ContextBackward(const ParameterView& parameters, ConstMatrix gradient, Gradients& gradients) {
  for (std::size_t f = 0; f < context_.size(); ++f) {
    gradients.Add(layout_->first_context_table + f, context_[f], gradient);
  }
  if (layout_->context_dense == ParameterLayout::kAbsent) return;
  backend_->LinearBackward(context_dense_, parameters.dense(layout_->context_dense), gradient, Activation::kNone,
                           gradient, product_.Shape(gradient.rows, gradient.columns), Matrix{}, Write::kOverwrite,
                           gradients.dense(layout_->context_dense), nullptr);
}

void UserTower::PoolBackward(const ParameterView& parameters, ConstMatrix gradient, Gradients& gradients,
                             std::vector<tensor::SparseGradient>& item_vector_uses) {
  if (pools_.size() == 1) return item_vector_uses.push_back({pools_.front().bags, gradient});
  for (std::size_t p = 0; p < pools_.size(); ++p) {
    const Matrix mean_gradient = pools_[p].gradient_memory.Shape(gradient.rows, gradient.columns);
    const std::size_t mixer = layout_->pool_mixers[p];
    backend_->LinearBackward(pools_[p].mean, parameters.dense(mixer), gradient, Activation::kNone, gradient,
                             product_.Shape(gradient.rows, gradient.columns), mean_gradient, Write::kOverwrite,
                             gradients.dense(mixer), nullptr);
    item_vector_uses.push_back({pools_[p].bags, mean_gradient});
  }
}

}  // namespace shortlist::model
