#include "retrain_gate.h"

#include <ctime>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/log.h"
#include "eval/evaluation_set.h"
#include "eval/organic_events.h"
#include "eval/past_events.h"
#include "eval/ranking_metrics.h"
#include "report.h"

namespace shortlist::tools {
namespace {

constexpr data::Part kJudged = data::Part::kTest;

std::string DescribeMetric(const eval::Metric& metric) {
  return fmt::format("{:.4f} ({:.4f} to {:.4f})", metric.value, metric.low, metric.high);
}

nlohmann::ordered_json MetricJson(const eval::Metric& metric) {
  return {{"value", metric.value}, {"low", metric.low}, {"high", metric.high}};
}

// Why there is no verdict; empty if there is enough to judge by.
std::string TooLittle(const RetrainVerdict& verdict, const RetrainGates& gates) {
  if (verdict.events < gates.min_events) {
    const char* which = verdict.left_out > 0 ? "events that followed no answer" : "events";
    return fmt::format("the test part has only {} {}; retrain.gates.min_events is {}", verdict.events, which,
                       gates.min_events);
  }
  if (verdict.shoppers < gates.min_shoppers) {
    return fmt::format("only {} shoppers can be scored; retrain.gates.min_shoppers is {}", verdict.shoppers,
                       gates.min_shoppers);
  }
  return "";
}

void Decide(const RetrainGates& gates, RetrainVerdict& verdict) {
  verdict.reason = TooLittle(verdict, gates);
  if (!verdict.reason.empty()) return;
  const eval::Comparison& compared = *verdict.compared;
  const double least = -gates.max_loss * compared.second.value;
  verdict.passed = compared.difference.high >= least;
  verdict.reason = fmt::format(
      "{} is {:.4f}, that of the serving version {:.4f}; the difference is {}, and a model is refused if all of "
      "that is below {:.4f}",
      gates.metric, compared.first.value, compared.second.value, DescribeMetric(compared.difference), least);
}

// What shoppers are to be found for, and in the verdict how much that is.
eval::EvaluationSet MakeJudgedSet(const Settings& settings, const data::Dataset& dataset, RetrainVerdict& verdict) {
  const SeenRule seen = settings.evaluate.seen.front();
  const data::Interactions& all = dataset.part(kJudged);
  verdict.start = dataset.PartStart(kJudged);
  std::optional<eval::OrganicEvents> organic;
  if (settings.retrain.gates.events == JudgedEvents::kOrganic) organic.emplace(all);
  const data::Interactions& judged = organic ? organic->view() : all;
  verdict.events = judged.events();
  verdict.left_out = all.events() - judged.events();
  return eval::MakeEvaluationSet(eval::PartsBefore(dataset, kJudged), judged, verdict.start, dataset.items(), seen,
                                 settings.evaluate.max_users, settings.seed);
}

void WarnOfWhatFavorsTheServingVersion(const Settings& settings, const RetrainVerdict& verdict) {
  if (verdict.served_has_seen) {
    base::LogWarning("the serving version was trained on events of the days that both are judged on, which favors it");
  }
  if (settings.retrain.gates.events == JudgedEvents::kOrganic && settings.data.events.columns.request_id.empty()) {
    base::LogWarning(
        "data.events.columns.request_id names no column, so that events that followed an answer of the serving version "
        "cannot be left out; they favor it");
  }
}

}  // namespace

RetrainVerdict Judge(const Settings& settings, const ServedModel* served) {
  RetrainVerdict verdict;
  verdict.metric = settings.retrain.gates.metric;
  if (served == nullptr) {
    verdict.passed = true;
    verdict.reason = "nothing is served yet that it could be compared with";
    return verdict;
  }
  const data::Dataset dataset = OpenDataset(settings);
  const std::unique_ptr<tensor::Backend> backend = MakeBackend(settings);
  const SeenRule seen = settings.evaluate.seen.front();
  const eval::EvaluationSet set = MakeJudgedSet(settings, dataset, verdict);
  verdict.shoppers = static_cast<std::int64_t>(set.queries.size());
  verdict.served_has_seen = served->TrainedUntil() > verdict.start;
  WarnOfWhatFavorsTheServingVersion(settings, verdict);
  if (verdict.shoppers > 0) {
    const eval::MetricName metric = eval::ParseMetric(verdict.metric, "retrain.gates.metric");
    const auto rank = [&](TrainedModel model) {
      return MakeModelRecommender(dataset, kJudged, model, *backend)->Rank(set.queries, metric.k, seen);
    };
    base::LogInfo("scoring the new model");
    const eval::Rankings ours = rank(LoadModel(settings, dataset, *backend));
    base::LogInfo("scoring the serving version");
    const eval::Rankings theirs = rank(served->Over(dataset, *backend));
    verdict.compared = eval::Compare(ours, theirs, set, metric, settings.evaluate.bootstrap_samples, settings.seed);
  }
  Decide(settings.retrain.gates, verdict);
  return verdict;
}

nlohmann::ordered_json ToJson(const RetrainVerdict& verdict) {
  nlohmann::ordered_json json = {{"passed", verdict.passed}, {"reason", verdict.reason},
                                 {"metric", verdict.metric}, {"shoppers", verdict.shoppers},
                                 {"events", verdict.events}, {"left_out", verdict.left_out},
                                 {"start", verdict.start},   {"served_has_seen", verdict.served_has_seen}};
  if (verdict.compared) {
    json["new"] = MetricJson(verdict.compared->first);
    json["serving"] = MetricJson(verdict.compared->second);
    json["difference"] = MetricJson(verdict.compared->difference);
  }
  return json;
}

std::string Text(const RetrainVerdict& verdict) {
  std::string text = fmt::format("{}: {}\n", verdict.passed ? "passed" : "refused", verdict.reason);
  if (!verdict.compared) return text;
  text += fmt::format("\n{} of {} shoppers from {:%Y-%m-%d %H:%M} UTC on, which had {} events (95% intervals):\n\n",
                      verdict.metric, Grouped(verdict.shoppers), fmt::gmtime(static_cast<std::time_t>(verdict.start)),
                      Grouped(verdict.events));
  if (verdict.left_out > 0) {
    text += fmt::format("{} more events followed an answer and are left out.\n\n", Grouped(verdict.left_out));
  }
  text += "| | " + verdict.metric + " |\n|---|---|\n";
  text += "| new | " + DescribeMetric(verdict.compared->first) + " |\n";
  text += "| serving | " + DescribeMetric(verdict.compared->second) + " |\n";
  text += "| difference | " + DescribeMetric(verdict.compared->difference) + " |\n";
  if (verdict.served_has_seen) text += "\nThe serving version was trained on events of these days, which favors it.\n";
  return text;
}

}  // namespace shortlist::tools
