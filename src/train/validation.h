// The validation metric behind early stopping: the model's rankings of the full catalog for validation shoppers.
#pragma once

#include <cstdint>

#include "data/dataset.h"
#include "eval/evaluation_set.h"
#include "eval/ranking_metrics.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"

namespace shortlist::train {

// Scores under the first rule of evaluate.seen. Dataset and backend must outlive it.
class Validation {
 public:
  Validation(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend);

  // Whether any validation shopper can be scored.
  bool possible() const { return !set_.queries.empty(); }
  // `model` is on backend().
  double Score(const model::TwoTower& model) const;
  tensor::Backend& backend() const { return *backend_; }

 private:
  eval::MetricName metric_;
  EvaluateSettings settings_;
  std::int64_t seed_;
  const data::Dataset* dataset_;
  tensor::Backend* backend_;
  eval::EvaluationSet set_;
};

}  // namespace shortlist::train
