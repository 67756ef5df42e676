#include "eval/evaluator.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "eval/bootstrap.h"
#include "eval/buckets.h"
#include "eval/exposure.h"
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

// Coverage, popularity and concentration of what is shown in the first k places.
void DescribeShown(const Rankings& rankings, std::int64_t k, std::span<const double> percentiles,
                   RankingScores& scores) {
  const std::vector<std::int64_t> places = CountPlaces(rankings, k, static_cast<std::int64_t>(percentiles.size()));
  double shown = 0;
  for (std::size_t item = 0; item < places.size(); ++item) {
    scores.coverage += places[item] > 0 ? 1 : 0;
    scores.mean_popularity += static_cast<double>(places[item]) * percentiles[item];
    shown += static_cast<double>(places[item]);
  }
  scores.mean_popularity /= std::max(1.0, shown);
  scores.coverage /= std::max(1.0, static_cast<double>(percentiles.size()));
  scores.gini = Gini(places);
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

std::int64_t Longest(const EvaluateSettings& settings) {
  if (settings.k.empty()) throw Error(Code::kInvalidArgument, "evaluate.k needs at least one length");
  return *std::max_element(settings.k.begin(), settings.k.end());
}

}  // namespace

TimedRankings RankTimed(const Recommender& recommender, const EvaluationSet& set, const EvaluateSettings& settings) {
  const std::int64_t longest = Longest(settings);
  const auto start = std::chrono::steady_clock::now();
  TimedRankings ranked{recommender.Rank(set.queries, longest, set.seen)};
  ranked.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (ranked.rankings.size() != set.queries.size()) {
    throw Error(Code::kInternal, recommender.Name() + " ranked " + std::to_string(ranked.rankings.size()) + " of " +
                                     std::to_string(set.queries.size()) + " shoppers");
  }
  return ranked;
}

EvaluationRow ScoreRankings(const std::string& recommender, const TimedRankings& ranked, const EvaluationSet& set,
                            const EvaluateSettings& settings, std::int64_t seed) {
  const std::int64_t longest = Longest(settings);
  EvaluationRow row;
  row.recommender = recommender;
  row.seen = set.seen;
  row.seconds = ranked.seconds;
  row.shoppers = static_cast<std::int64_t>(set.queries.size());
  for (const std::vector<std::int32_t>& targets : set.targets) row.targets += static_cast<std::int64_t>(targets.size());
  ScoreLengths(set, ranked.rankings, settings, seed, row);
  row.by_history_length = ScoreByHistoryLength(set, ranked.rankings, longest);
  row.by_item_popularity = ScoreByItemPopularity(set, ranked.rankings, longest);
  const auto items = static_cast<std::int64_t>(set.item_events.size());
  row.concentration = Concentration(CountPlaces(ranked.rankings, longest, items));
  return row;
}

EvaluationRow Evaluate(const Recommender& recommender, const EvaluationSet& set, const EvaluateSettings& settings,
                       std::int64_t seed) {
  return ScoreRankings(recommender.Name(), RankTimed(recommender, set, settings), set, settings, seed);
}

}  // namespace shortlist::eval
