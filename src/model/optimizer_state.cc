#include "model/optimizer_state.h"

#include <algorithm>

namespace shortlist::model {
namespace {

using tensor::Matrix;
using tensor::Optimizer;
using tensor::OptimizerKind;

Optimizer MakeOptimizer(const OptimizerSettings& settings, OptimizerKind kind, double rate, double weight_decay) {
  Optimizer optimizer;
  optimizer.kind = kind;
  optimizer.rate = static_cast<float>(rate);
  optimizer.beta1 = static_cast<float>(settings.beta1);
  optimizer.beta2 = static_cast<float>(settings.beta2);
  optimizer.weight_decay = static_cast<float>(weight_decay);
  return optimizer;
}

float WarmupFactor(std::int64_t step, std::int64_t warmup_steps) {
  if (step >= warmup_steps) return 1.0F;
  return static_cast<float>(step + 1) / static_cast<float>(warmup_steps);
}

Optimizer Scaled(Optimizer optimizer, float factor) {
  optimizer.rate *= factor;
  return optimizer;
}

}  // namespace

OptimizerKind KindOf(SparseOptimizerKind kind) {
  switch (kind) {
    case SparseOptimizerKind::kSgd:
      return OptimizerKind::kSgd;
    case SparseOptimizerKind::kRowwiseAdagrad:
      return OptimizerKind::kRowwiseAdagrad;
    case SparseOptimizerKind::kAdagrad:
      return OptimizerKind::kAdagrad;
    case SparseOptimizerKind::kAdam:
      break;
  }
  return OptimizerKind::kAdam;
}

OptimizerState::OptimizerState(const OptimizerSettings& settings, double clip_norm, LearnedScalars learned,
                               double first_scale, const ParameterLayout& layout, tensor::Backend& backend)
    : layout_(&layout),
      backend_(&backend),
      table_optimizer_(MakeOptimizer(settings, KindOf(settings.embeddings), settings.embedding_rate, 0)),
      warmup_steps_(settings.warmup_steps),
      clip_norm_(static_cast<float>(clip_norm)) {
  const std::int64_t width = tensor::StateWidth(table_optimizer_.kind, layout.dimension);
  for (const TableShape& table : layout.tables) tables_.push_back(Allocate(table.rows, width));
  squared_norm_ = Allocate(1, 1).data;
  AddGroups(settings, learned, first_scale);
}

Matrix OptimizerState::Allocate(std::int64_t rows, std::int64_t columns) {
  const auto bytes = static_cast<std::size_t>(rows * columns) * sizeof(float);
  memory_.push_back(backend_->Allocate(bytes));
  backend_->Zero(memory_.back().As<void>(), bytes);
  return {memory_.back().As<float>(), rows, columns};
}

void OptimizerState::AddGroups(const OptimizerSettings& settings, LearnedScalars learned, double first_scale) {
  const auto adam = [&](double rate, double decay) {
    return MakeOptimizer(settings, OptimizerKind::kAdam, rate, decay);
  };
  const bool fixed_prior = layout_->prior_weight != ParameterLayout::kAbsent && !learned.prior_weight;
  const std::int64_t biases_end = fixed_prior ? layout_->dense[layout_->prior_weight].offset : layout_->scale_offset;
  groups_.push_back({0, layout_->matrices_end, nullptr, adam(settings.dense_rate, settings.weight_decay)});
  groups_.push_back({layout_->matrices_end, biases_end, nullptr, adam(settings.dense_rate, 0)});
  if (learned.scale) {
    groups_.push_back(
        {layout_->scale_offset, layout_->scale_offset + 1, nullptr, adam(settings.dense_rate * first_scale, 0)});
  }
  std::erase_if(groups_, [](const Group& group) { return group.begin == group.end; });

  std::int64_t width = 0;
  for (const Group& group : groups_) width += tensor::StateWidth(OptimizerKind::kAdam, group.end - group.begin);
  dense_ = Allocate(1, width);
  float* state = dense_.data;
  for (Group& group : groups_) {
    group.state = state;
    state += tensor::StateWidth(OptimizerKind::kAdam, group.end - group.begin);
  }
}

void OptimizerState::Clip(Gradients& gradients) {
  const Matrix all = gradients.flat_dense();
  backend_->SquaredNorm(all.data, all.size(), squared_norm_);
  backend_->ClipByNorm(all.data, squared_norm_, clip_norm_, all.size());
}

void OptimizerState::Update(std::int64_t step, Gradients& gradients, Parameters& parameters) {
  const float warmup = WarmupFactor(step, warmup_steps_);
  if (clip_norm_ > 0) Clip(gradients);
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    backend_->SparseUpdate(parameters.table(t), tables_[t], gradients.uses(t), Scaled(table_optimizer_, warmup));
  }
  for (const Group& group : groups_) {
    backend_->DenseUpdate(parameters.flat_dense().data + group.begin, gradients.flat_dense().data + group.begin,
                          group.state, group.end - group.begin, Scaled(group.optimizer, warmup));
  }
}

}  // namespace shortlist::model
