#include "eval/report.h"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "eval/text_table.h"

namespace shortlist::eval {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kScoreTieRule = "equal scores: the smaller item index first";
constexpr std::string_view kIntervalRule = "95%, percentile bootstrap over shoppers";

std::string_view PartName(data::Part part) {
  constexpr std::array<std::string_view, 3> kNames = {"train", "validation", "test"};
  return kNames[static_cast<std::size_t>(part)];
}

std::string_view SeenName(SeenRule seen) {
  return EnumNames<SeenRule>::kNames[static_cast<std::size_t>(seen)];
}

std::string MetricCell(const Metric& metric) {
  return fmt::format("{:.4f} ±{:.4f}", metric.value, (metric.high - metric.low) / 2);
}

std::string Head(const ReportContext& context) {
  return fmt::format(
      "{} part, full catalog, seed {}, dataset {}\n"
      "split: {}\n"
      "equal times: {}\n"
      "{}\n"
      "± is half the interval ({})\n",
      PartName(context.part), context.seed, context.dataset_digest.substr(0, 12), context.split_rule,
      context.event_tie_rule, kScoreTieRule, kIntervalRule);
}

std::vector<EvaluationRow> RowsOf(const std::vector<EvaluationRow>& rows, SeenRule seen) {
  std::vector<EvaluationRow> chosen;
  for (const EvaluationRow& row : rows) {
    if (row.seen == seen) chosen.push_back(row);
  }
  return chosen;
}

std::string ScoreTable(const std::vector<EvaluationRow>& rows, std::int64_t k) {
  const auto at_k = [k](std::string_view metric) { return fmt::format("{}@{}", metric, k); };
  std::vector<std::vector<std::string>> cells = {{"recommender", at_k("recall"), at_k("ndcg"), at_k("hit_rate"),
                                                  at_k("mrr"), "coverage", "popularity", "cpu seconds"}};
  for (const EvaluationRow& row : rows) {
    const auto found = row.at.find(k);
    if (found == row.at.end()) continue;
    const RankingScores& scores = found->second;
    cells.push_back({row.recommender, MetricCell(scores.recall), MetricCell(scores.ndcg), MetricCell(scores.hit_rate),
                     MetricCell(scores.mrr), fmt::format("{:.3f}", scores.coverage),
                     fmt::format("{:.3f}", scores.mean_popularity), fmt::format("{:.1f}", row.cpu_seconds)});
  }
  return FormatColumns(cells);
}

std::vector<BucketScore> BucketsOf(const EvaluationRow& row) {
  std::vector<BucketScore> buckets = row.by_history_length;
  buckets.insert(buckets.end(), row.by_item_popularity.begin(), row.by_item_popularity.end());
  return buckets;
}

// Buckets downwards, recommenders across. All rows have the same shoppers, hence the same buckets.
std::string BucketTable(const std::vector<EvaluationRow>& rows, std::int64_t k) {
  std::vector<std::vector<std::string>> cells = {{fmt::format("recall@{0} / ndcg@{0}", k), "shoppers"}};
  for (const BucketScore& bucket : BucketsOf(rows.front())) {
    cells.push_back({bucket.bucket, std::to_string(bucket.shoppers)});
  }
  for (const EvaluationRow& row : rows) {
    cells.front().push_back(row.recommender);
    const std::vector<BucketScore> buckets = BucketsOf(row);
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      cells[i + 1].push_back(fmt::format("{:.4f} / {:.4f}", buckets[i].recall, buckets[i].ndcg));
    }
  }
  return FormatColumns(cells);
}

std::string Section(const std::vector<EvaluationRow>& rows) {
  const EvaluationRow& first = rows.front();
  std::string text =
      fmt::format("\nseen items: {} · {} shoppers, {} targets\n", SeenName(first.seen), first.shoppers, first.targets);
  for (const auto& [k, scores] : first.at) text += "\n" + ScoreTable(rows, k);
  return first.at.empty() ? text : text + "\n" + BucketTable(rows, first.at.rbegin()->first);
}

// Groups downwards, recommenders across, at the largest k.
std::string ColdStartTable(const std::vector<ColdStartResult>& results) {
  const std::int64_t k = results.front().rows.front().at.rbegin()->first;
  std::vector<std::vector<std::string>> cells = {{fmt::format("recall@{0} / ndcg@{0}", k), "items", "shoppers"}};
  for (const EvaluationRow& row : results.front().rows) cells.front().push_back(row.recommender);
  for (const ColdStartResult& result : results) {
    cells.push_back({result.group, std::to_string(result.ranked_items), std::to_string(result.rows.front().shoppers)});
    for (const EvaluationRow& row : result.rows) {
      const RankingScores& scores = row.at.rbegin()->second;
      cells.back().push_back(fmt::format("{:.4f} / {:.4f}", scores.recall.value, scores.ndcg.value));
    }
  }
  return FormatColumns(cells);
}

Json ToObject(const Metric& metric) {
  return {{"value", metric.value}, {"low", metric.low}, {"high", metric.high}};
}

Json ToObject(std::int64_t k, const RankingScores& scores) {
  return {{"k", k},
          {"recall", ToObject(scores.recall)},
          {"ndcg", ToObject(scores.ndcg)},
          {"hit_rate", ToObject(scores.hit_rate)},
          {"mrr", ToObject(scores.mrr)},
          {"coverage", scores.coverage},
          {"mean_popularity", scores.mean_popularity},
          {"gini", scores.gini}};
}

Json ToArray(const std::vector<BucketScore>& buckets) {
  Json array = Json::array();
  for (const BucketScore& bucket : buckets) {
    array.push_back(
        {{"bucket", bucket.bucket}, {"shoppers", bucket.shoppers}, {"recall", bucket.recall}, {"ndcg", bucket.ndcg}});
  }
  return array;
}

Json ToObject(const EvaluationRow& row) {
  Json object = {{"recommender", row.recommender},
                 {"seen", SeenName(row.seen)},
                 {"shoppers", row.shoppers},
                 {"targets", row.targets},
                 {"seconds", row.seconds},
                 {"cpu_seconds", row.cpu_seconds},
                 {"at", Json::array()}};
  for (const auto& [k, scores] : row.at) object["at"].push_back(ToObject(k, scores));
  object["by_history_length"] = ToArray(row.by_history_length);
  object["by_item_popularity"] = ToArray(row.by_item_popularity);
  object["concentration"] = row.concentration;
  return object;
}

Json ToObject(const ColdStartResult& result) {
  Json object = {{"group", result.group}, {"ranked_items", result.ranked_items}, {"results", Json::array()}};
  for (const EvaluationRow& row : result.rows) object["results"].push_back(ToObject(row));
  return object;
}

}  // namespace

ReportContext DescribeEvaluation(const data::Dataset& dataset, data::Part part, std::int64_t seed) {
  return {.part = part,
          .seed = seed,
          .split_rule = dataset.split_rule(),
          .event_tie_rule = dataset.tie_rule(),
          .dataset_digest = dataset.digest()};
}

std::string FormatTable(const std::vector<EvaluationRow>& rows, const ReportContext& context) {
  std::string text = Head(context);
  for (const SeenRule seen : {SeenRule::kMask, SeenRule::kAllow}) {
    const std::vector<EvaluationRow> chosen = RowsOf(rows, seen);
    if (!chosen.empty()) text += Section(chosen);
  }
  if (!context.cold_start.empty()) text += "\nwithout an event before the part\n" + ColdStartTable(context.cold_start);
  for (const SkippedBaseline& skipped : context.skipped) {
    text += fmt::format("\nskipped {}: {}\n", skipped.recommender, skipped.reason);
  }
  return text;
}

std::string ToJson(const std::vector<EvaluationRow>& rows, const ReportContext& context) {
  Json object = {{"part", PartName(context.part)},
                 {"seed", context.seed},
                 {"dataset_sha256", context.dataset_digest},
                 {"split_rule", context.split_rule},
                 {"event_tie_rule", context.event_tie_rule},
                 {"score_tie_rule", kScoreTieRule},
                 {"interval", kIntervalRule},
                 {"skipped", Json::array()},
                 {"results", Json::array()}};
  for (const SkippedBaseline& skipped : context.skipped) {
    object["skipped"].push_back({{"recommender", skipped.recommender}, {"reason", skipped.reason}});
  }
  for (const EvaluationRow& row : rows) object["results"].push_back(ToObject(row));
  object["cold_start"] = Json::array();
  for (const ColdStartResult& result : context.cold_start) object["cold_start"].push_back(ToObject(result));
  return object.dump(2) + "\n";
}

}  // namespace shortlist::eval
