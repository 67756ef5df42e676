#include "train/validation.h"

#include <array>
#include <charconv>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "eval/dot_product_recommender.h"
#include "eval/evaluator.h"
#include "shortlist/error.h"
#include "train/query_source.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kMostK = 10000;
constexpr std::array<std::pair<std::string_view, MetricKind>, 4> kKinds = {{{"recall", MetricKind::kRecall},
                                                                            {"ndcg", MetricKind::kNdcg},
                                                                            {"hit_rate", MetricKind::kHitRate},
                                                                            {"mrr", MetricKind::kMrr}}};

[[noreturn]] void Refuse(std::string_view text) {
  throw Error(Code::kInvalidArgument, "train.early_stop.metric: '" + std::string(text) +
                                          "' is not a metric; write recall@k, ndcg@k, hit_rate@k or mrr@k with k from "
                                          "1 to 10000, for example ndcg@10");
}

// Without intervals, which early stopping does not read.
EvaluateSettings ScoringSettings(EvaluateSettings settings, const MetricName& metric) {
  settings.k = {metric.k};
  settings.bootstrap_samples = 0;
  return settings;
}

SeenRule SeenRuleOf(const EvaluateSettings& settings) {
  return settings.seen.empty() ? SeenRule::kMask : settings.seen.front();
}

double ValueOf(const eval::RankingScores& scores, MetricKind kind) {
  switch (kind) {
    case MetricKind::kRecall:
      return scores.recall.value;
    case MetricKind::kNdcg:
      return scores.ndcg.value;
    case MetricKind::kHitRate:
      return scores.hit_rate.value;
    case MetricKind::kMrr:
      break;
  }
  return scores.mrr.value;
}

}  // namespace

MetricName ParseMetric(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) Refuse(text);
  MetricName metric;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + at + 1, end, metric.k);
  if (problem != std::errc() || stop != end || metric.k < 1 || metric.k > kMostK) Refuse(text);
  for (const auto& [name, kind] : kKinds) {
    metric.kind = kind;
    if (name == text.substr(0, at)) return metric;
  }
  Refuse(text);
}

Validation::Validation(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend)
    : metric_(ParseMetric(settings.train.early_stop.metric)),
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
