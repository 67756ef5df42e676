// The memory of the optimizers, and one update of all parameters.
#pragma once

#include <cstdint>
#include <vector>

#include "model/parameters.h"
#include "shortlist/settings/train.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Which of the scalar parameters are learned.
struct LearnedScalars {
  bool scale = false;
  bool prior_weight = false;
};

// The update rule of embedding tables that the settings name.
tensor::OptimizerKind KindOf(SparseOptimizerKind kind);

// Embedding tables follow settings.embeddings. All other parameters follow Adam; only matrices decay. The scale is
// learned in steps of its first value, so that a rate means the same relative change at every temperature, as it would
// for the scale's logarithm. Layout and backend must outlive it.
class OptimizerState {
 public:
  OptimizerState(const OptimizerSettings& settings, double clip_norm, LearnedScalars learned, double first_scale,
                 const ParameterLayout& layout, tensor::Backend& backend);

  // Step `step` counts from zero; the rates rise linearly over the warm-up.
  void Update(std::int64_t step, Gradients& gradients, Parameters& parameters);

  // The state to be stored: one row-major matrix per table, empty for SGD, and one row for the dense parameters.
  const std::vector<tensor::Matrix>& tables() const { return tables_; }
  tensor::Matrix dense() const { return dense_; }

 private:
  // A run of the flat dense buffer under one rule.
  struct Group {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    float* state = nullptr;
    tensor::Optimizer optimizer;
  };

  tensor::Matrix Allocate(std::int64_t rows, std::int64_t columns);
  void AddGroups(const OptimizerSettings& settings, LearnedScalars learned, double first_scale);
  void Clip(Gradients& gradients);

  const ParameterLayout* layout_;
  tensor::Backend* backend_;
  tensor::Optimizer table_optimizer_;
  std::int64_t warmup_steps_;
  float clip_norm_;
  std::vector<tensor::Buffer> memory_;
  std::vector<tensor::Matrix> tables_;
  tensor::Matrix dense_;
  std::vector<Group> groups_;
  float* squared_norm_ = nullptr;
};

}  // namespace shortlist::model
