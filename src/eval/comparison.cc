#include "eval/comparison.h"

#include <array>
#include <cstddef>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/ranking_metrics.h"

namespace shortlist::eval {
Comparison Compare(const Rankings& first, const Rankings& second, const EvaluationSet& set, MetricName metric,
                   std::int64_t bootstrap_samples, std::int64_t seed) {
  constexpr std::size_t kColumns = 3;
  std::vector<double> table;
  std::array<double, kColumns> sums{};
  for (std::size_t query = 0; query < set.targets.size(); ++query) {
    const auto score = [&](const Rankings& rankings) {
      return ValueOf(ScoreRanking(rankings[query], set.targets[query], metric.k), metric.kind);
    };
    const double one = score(first);
    const double other = score(second);
    const std::array<double, kColumns> row = {one, other, one - other};
    for (std::size_t column = 0; column < kColumns; ++column) sums[column] += row[column];
    table.insert(table.end(), row.begin(), row.end());
  }
  const std::vector<Interval> intervals = BootstrapMeans(table, kColumns, bootstrap_samples, seed);
  const auto mean = [&](std::size_t column) {
    return Metric{sums[column] / static_cast<double>(set.targets.size()), intervals[column].low,
                  intervals[column].high};
  };
  return {mean(0), mean(1), mean(2)};
}

}  // namespace shortlist::eval
