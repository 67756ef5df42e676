#include "train/step_reads.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "train/batch_share.h"
#include "train/sharding.h"

namespace shortlist::train {
namespace {

constexpr double kEulerGamma = 0.5772156649;
constexpr double kBucketGrowth = 1.05;

using Rows = std::set<std::int32_t>;

void InsertRows(const base::Bags& bags, std::int64_t begin, std::int64_t end, Rows& rows) {
  const auto at = [&](std::int64_t row) { return bags.ids.begin() + bags.offsets[static_cast<std::size_t>(row)]; };
  rows.insert(at(begin), at(end));
}

std::int64_t CountRows(const base::Bags& bags, std::int64_t begin, std::int64_t end) {
  return bags.offsets[static_cast<std::size_t>(end)] - bags.offsets[static_cast<std::size_t>(begin)];
}

// The rows of every table that a rank's share reads.
std::vector<Rows> RowsOfShare(const model::TwoTowerSpec& spec, const base::EncodedFeatures& item_features,
                              const model::TrainBatch& batch, RankOf of) {
  std::vector<Rows> rows(1 + spec.item_features.size() + spec.context_features.size());
  const model::BatchShare share = ShareOf(of, batch.rows(), static_cast<std::int64_t>(batch.candidates.size()));
  const std::int64_t end = EndRowOf(of, batch.rows());
  InsertRows(batch.queries.pools.front(), share.first_row, end, rows[0]);
  const auto own =
      std::span(batch.candidates)
          .subspan(static_cast<std::size_t>(share.first_candidate), static_cast<std::size_t>(share.candidates));
  rows[0].insert(own.begin(), own.end());
  for (std::size_t f = 0; f < spec.item_features.size(); ++f) {
    for (const std::int32_t item : rows[0]) InsertRows(item_features.categorical[f], item, item + 1, rows[1 + f]);
  }
  for (std::size_t f = 0; f < spec.context_features.size(); ++f) {
    InsertRows(batch.queries.context.categorical[f], share.first_row, end, rows[1 + spec.item_features.size() + f]);
  }
  return rows;
}

double CountIn(const Rows& rows, const std::vector<std::int32_t>& among) {
  const auto is_among = [&](std::int32_t row) { return std::ranges::binary_search(among, row); };
  return static_cast<double>(std::ranges::count_if(rows, is_among));
}

void Add(const DistinctRows& value, double factor, DistinctRows& sum) {
  sum.on_a_rank += factor * value.on_a_rank;
  sum.on_any_rank += factor * value.on_any_rank;
}

// 1 / H(rows), the share of the most frequent row.
double FirstShare(double rows) {
  return 1 / (std::log(rows) + kEulerGamma + 0.5 / rows);
}

// Rows [1, end] of the order of frequency.
double ExpectDistinctUpTo(double end, double rows, double reads) {
  double distinct = 0;
  for (double first = 1; first <= end;) {
    const double next = std::min(end + 1, std::max(first + 1, std::floor(first * kBucketGrowth)));
    const double share = FirstShare(rows) / std::sqrt(first * (next - 1));
    distinct += (next - first) * -std::expm1(reads * std::log1p(-std::min(share, 1 - 1e-12)));
    first = next;
  }
  return distinct;
}

TableReads ExpectTable(double rows, double reads, int ranks) {
  TableReads table;
  const double frequent = std::min(rows, std::floor(FirstShare(rows) * reads / kFrequentReads));
  table.frequent_rows = static_cast<std::int64_t>(frequent);
  const auto distinct = [&](double all_reads) {
    const double of_frequent = ExpectDistinctUpTo(frequent, rows, all_reads);
    return std::pair(of_frequent, ExpectDistinctUpTo(rows, rows, all_reads) - of_frequent);
  };
  std::tie(table.frequent.on_a_rank, table.others.on_a_rank) = distinct(reads);
  std::tie(table.frequent.on_any_rank, table.others.on_any_rank) = distinct(reads * ranks);
  return table;
}

}  // namespace

StepReads CountReads(const model::TwoTowerSpec& spec, const base::EncodedFeatures& item_features,
                     const std::vector<std::int32_t>& frequent, const model::TrainBatch& batch, int ranks) {
  StepReads step;
  step.tables.resize(1 + spec.item_features.size() + spec.context_features.size());
  std::vector<Rows> any(step.tables.size());
  const double of_ranks = 1.0 / ranks;
  for (const base::Bags& pool : batch.queries.pools) {
    step.history_events += of_ranks * static_cast<double>(CountRows(pool, 0, pool.rows()));
  }
  for (int rank = 0; rank < ranks; ++rank) {
    const std::vector<Rows> rows = RowsOfShare(spec, item_features, batch, {rank, ranks});
    for (std::size_t t = 0; t < rows.size(); ++t) {
      const double among = t == 0 ? CountIn(rows[t], frequent) : 0;
      step.tables[t].frequent.on_a_rank += of_ranks * among;
      step.tables[t].others.on_a_rank += of_ranks * (static_cast<double>(rows[t].size()) - among);
      any[t].insert(rows[t].begin(), rows[t].end());
    }
  }
  step.tables.front().frequent_rows = static_cast<std::int64_t>(frequent.size());
  for (std::size_t t = 0; t < any.size(); ++t) {
    step.tables[t].frequent.on_any_rank = t == 0 ? CountIn(any[t], frequent) : 0;
    step.tables[t].others.on_any_rank = static_cast<double>(any[t].size()) - step.tables[t].frequent.on_any_rank;
  }
  return step;
}

StepReads MeanOf(const std::vector<StepReads>& steps) {
  StepReads mean;
  mean.tables.resize(steps.front().tables.size());
  const double factor = 1 / static_cast<double>(steps.size());
  for (const StepReads& step : steps) {
    mean.history_events += factor * step.history_events;
    for (std::size_t t = 0; t < mean.tables.size(); ++t) {
      mean.tables[t].frequent_rows = step.tables[t].frequent_rows;
      Add(step.tables[t].frequent, factor, mean.tables[t].frequent);
      Add(step.tables[t].others, factor, mean.tables[t].others);
    }
  }
  return mean;
}

double ExpectDistinct(double rows, double reads) {
  return ExpectDistinctUpTo(rows, rows, reads);
}

StepReads ExpectReads(const model::TwoTowerSpec& spec, double rows, double history, double sampled_negatives,
                      int ranks) {
  StepReads step;
  const double own_rows = rows / ranks;
  step.history_events = own_rows * history * static_cast<double>(spec.settings.history.pools.size());
  const double item_reads = own_rows * (history + 1) + sampled_negatives / ranks;
  step.tables.push_back(ExpectTable(static_cast<double>(spec.items), item_reads, ranks));
  const double items = step.tables.front().All().on_a_rank;
  const auto others = [&](const std::vector<model::FeatureShape>& features, double reads) {
    for (const model::FeatureShape& feature : features) {
      step.tables.push_back(ExpectTable(static_cast<double>(feature.cardinality), reads, ranks));
      TableReads& table = step.tables.back();
      table.others = table.All();
      table.frequent = {};
      table.frequent_rows = 0;
    }
  };
  others(spec.item_features, items);
  others(spec.context_features, own_rows);
  return step;
}

}  // namespace shortlist::train
