#include "retrain_gate.h"

#include <ctime>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/log.h"
#include "eval/evaluation_set.h"
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
  if (verdict.shoppers < gates.min_shoppers) {
    return fmt::format("only {} shoppers can be scored; retrain.gates.min_shoppers is {}", verdict.shoppers,
                       gates.min_shoppers);
  }
  if (verdict.events < gates.min_events) {
    return fmt::format("the test part has only {} events; retrain.gates.min_events is {}", verdict.events,
                       gates.min_events);
  }
  return "";
}

void Decide(const RetrainGates& gates, RetrainVerdict& verdict) {
  verdict.reason = TooLittle(verdict, gates);
  if (!verdict.reason.empty()) return;
  const double ours = verdict.compared->first.value;
  const double theirs = verdict.compared->second.value;
  const double floor = theirs * (1 - gates.max_loss);
  verdict.passed = ours >= floor;
  verdict.reason = fmt::format("{} is {:.4f}, that of the serving version {:.4f}; at least {:.4f} is required",
                               gates.metric, ours, theirs, floor);
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
  const eval::EvaluationSet set =
      eval::MakeEvaluationSet(dataset, kJudged, seen, settings.evaluate.max_users, settings.seed);
  verdict.shoppers = static_cast<std::int64_t>(set.queries.size());
  verdict.events = dataset.part(kJudged).events();
  verdict.start = dataset.PartStart(kJudged);
  verdict.served_has_seen = served->TrainedUntil() > verdict.start;
  if (verdict.served_has_seen) {
    base::LogWarning("the serving version was trained on events of the days that both are judged on, which favors it");
  }
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
  nlohmann::ordered_json json = {{"passed", verdict.passed},
                                 {"reason", verdict.reason},
                                 {"metric", verdict.metric},
                                 {"shoppers", verdict.shoppers},
                                 {"events", verdict.events},
                                 {"start", verdict.start},
                                 {"served_has_seen", verdict.served_has_seen}};
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
  text += "| | " + verdict.metric + " |\n|---|---|\n";
  text += "| new | " + DescribeMetric(verdict.compared->first) + " |\n";
  text += "| serving | " + DescribeMetric(verdict.compared->second) + " |\n";
  text += "| difference | " + DescribeMetric(verdict.compared->difference) + " |\n";
  if (verdict.served_has_seen) text += "\nThe serving version was trained on events of these days, which favors it.\n";
  return text;
}

}  // namespace shortlist::tools
