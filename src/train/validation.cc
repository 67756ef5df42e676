#include "train/validation.h"

#include <span>
#include <vector>

#include "eval/dot_product_recommender.h"
#include "eval/evaluator.h"
#include "train/query_source.h"

namespace shortlist::train {
namespace {

// Without intervals, which early stopping does not read.
EvaluateSettings ScoringSettings(EvaluateSettings settings, const eval::MetricName& metric) {
  settings.k = {metric.k};
  settings.bootstrap_samples = 0;
  return settings;
}

SeenRule SeenRuleOf(const EvaluateSettings& settings) {
  return settings.seen.empty() ? SeenRule::kMask : settings.seen.front();
}

double ValueOf(const eval::RankingScores& scores, eval::MetricKind kind) {
  switch (kind) {
    case eval::MetricKind::kRecall:
      return scores.recall.value;
    case eval::MetricKind::kNdcg:
      return scores.ndcg.value;
    case eval::MetricKind::kHitRate:
      return scores.hit_rate.value;
    case eval::MetricKind::kMrr:
      break;
  }
  return scores.mrr.value;
}

}  // namespace

Validation::Validation(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend)
    : metric_(eval::ParseMetric(settings.train.early_stop.metric, "train.early_stop.metric")),
      settings_(ScoringSettings(settings.evaluate, metric_)),
      seed_(settings.seed),
      dataset_(&dataset),
      backend_(&backend),
      set_(eval::MakeEvaluationSet(dataset, data::Part::kValidation, SeenRuleOf(settings.evaluate),
                                   settings.train.early_stop.max_users, settings.seed)) {}

double Validation::Score(const model::TwoTower& model) const {
  std::vector<float> items(static_cast<std::size_t>(dataset_->items() * model.vector_width()));
  model.EncodeItems(0, dataset_->items(), items);
  const auto encode = [&](std::span<const eval::Query> queries) {
    return EncodeQueries(model, *dataset_, data::Part::kValidation, queries);
  };
  const eval::DotProductRecommender recommender("model", items, model.vector_width(), encode, *backend_);
  return ValueOf(eval::Evaluate(recommender, set_, settings_, seed_).at.at(metric_.k), metric_.kind);
}

}  // namespace shortlist::train
