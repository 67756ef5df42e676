#include "eval/evaluator.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "eval/bootstrap.h"
#include "eval/buckets.h"
#include "eval/item_popularity.h"
#include "eval/ranking_metrics.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kMetrics = 4;

// Row-major [queries, 4 * lengths]: the metrics of each length, in the order of ShopperScores.
std::vector<double> ScoreShoppers(const EvaluationSet& set, const Rankings& rankings,
                                  std::span<const std::int64_t> lengths) {
  std::vector<double> table;
  table.reserve(rankings.size() * lengths.size() * kMetrics);
  for (std::size_t query = 0; query < rankings.size(); ++query) {
    for (const std::int64_t k : lengths) {
      const ShopperScores scores = ScoreRanking(rankings[query], set.targets[query], k);
      table.insert(table.end(), {scores.recall, scores.ndcg, scores.hit_rate, scores.mrr});
    }
  }
  return table;
}

std::vector<Metric> Summarize(std::span<const double> table, std::int64_t columns, std::int64_t samples,
                              std::int64_t seed) {
  std::vector<Metric> metrics(static_cast<std::size_t>(columns));
  const double rows = static_cast<double>(table.size()) / static_cast<double>(columns);
  for (std::size_t cell = 0; cell < table.size(); ++cell) metrics[cell % metrics.size()].value += table[cell];
  const std::vector<Interval> intervals = BootstrapMeans(table, columns, samples, seed);
  for (std::size_t column = 0; column < metrics.size(); ++column) {
    metrics[column].value /= std::max(1.0, rows);
    metrics[column].low = intervals[column].low;
    metrics[column].high = intervals[column].high;
  }
  return metrics;
}

// Coverage and popularity of what is shown in the first k places.
void DescribeShown(const Rankings& rankings, std::int64_t k, std::span<const double> percentiles,
                   RankingScores& scores) {
  std::vector<bool> shown(percentiles.size());
  double places = 0;
  for (const std::vector<std::int32_t>& ranking : rankings) {
    for (std::size_t place = 0; place < std::min(ranking.size(), static_cast<std::size_t>(k)); ++place) {
      const auto item = static_cast<std::size_t>(ranking[place]);
      shown[item] = true;
      scores.mean_popularity += percentiles[item];
      ++places;
    }
  }
  scores.mean_popularity /= std::max(1.0, places);
  scores.coverage = static_cast<double>(std::count(shown.begin(), shown.end(), true)) /
                    std::max(1.0, static_cast<double>(percentiles.size()));
}

void ScoreLengths(const EvaluationSet& set, const Rankings& rankings, const EvaluateSettings& settings,
                  std::int64_t seed, EvaluationRow& row) {
  const std::vector<double> table = ScoreShoppers(set, rankings, settings.k);
  const std::vector<Metric> metrics =
      Summarize(table, kMetrics * static_cast<std::int64_t>(settings.k.size()), settings.bootstrap_samples, seed);
  const std::vector<double> percentiles = PopularityPercentiles(set.item_events);
  for (std::size_t i = 0; i < settings.k.size(); ++i) {
    const Metric* of_length = metrics.data() + i * kMetrics;
    RankingScores& scores = row.at[settings.k[i]];
    scores = {.recall = of_length[0], .ndcg = of_length[1], .hit_rate = of_length[2], .mrr = of_length[3]};
    DescribeShown(rankings, settings.k[i], percentiles, scores);
  }
}

Rankings RankTimed(const Recommender& recommender, const EvaluationSet& set, std::int64_t k, EvaluationRow& row) {
  const auto start = std::chrono::steady_clock::now();
  Rankings rankings = recommender.Rank(set.queries, k, set.seen);
  row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (rankings.size() != set.queries.size()) {
    throw Error(Code::kInternal, recommender.Name() + " ranked " + std::to_string(rankings.size()) + " of " +
                                     std::to_string(set.queries.size()) + " shoppers");
  }
  return rankings;
}

}  // namespace

EvaluationRow Evaluate(const Recommender& recommender, const EvaluationSet& set, const EvaluateSettings& settings,
                       std::int64_t seed) {
  if (settings.k.empty()) throw Error(Code::kInvalidArgument, "evaluate.k needs at least one length");
  const std::int64_t longest = *std::max_element(settings.k.begin(), settings.k.end());
  EvaluationRow row;
  row.recommender = recommender.Name();
  row.seen = set.seen;
  row.shoppers = static_cast<std::int64_t>(set.queries.size());
  for (const std::vector<std::int32_t>& targets : set.targets) row.targets += static_cast<std::int64_t>(targets.size());
  const Rankings rankings = RankTimed(recommender, set, longest, row);
  ScoreLengths(set, rankings, settings, seed, row);
  row.by_history_length = ScoreByHistoryLength(set, rankings, longest);
  row.by_item_popularity = ScoreByItemPopularity(set, rankings, longest);
  return row;
}

}  // namespace shortlist::eval
