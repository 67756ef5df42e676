#include "train/batch_builder.h"

#include <algorithm>
#include <limits>

#include "features/history_sequences.h"
#include "model/two_tower.h"

namespace shortlist::train {

namespace {

// Of the examples, by item.
std::vector<double> SharesOf(const EventLog& log, const std::vector<Example>& examples, std::int64_t items) {
  std::vector<double> shares(static_cast<std::size_t>(items), 0.0);
  const double share = 1.0 / static_cast<double>(examples.size());
  for (const Example& example : examples) {
    shares[static_cast<std::size_t>(log.items[static_cast<std::size_t>(example.event)])] += share;
  }
  return shares;
}

}  // namespace

std::vector<std::int32_t> ItemsWithEvents(const EventLog& log) {
  std::vector<std::int32_t> items = log.items;
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

BatchBuilder::BatchBuilder(const EventLog& log, const std::vector<Example>& examples, std::int64_t items,
                           const ModelSettings& model, const TrainSettings& settings, RankOf of)
    : log_(&log),
      examples_(&examples),
      prior_(model.prior),
      of_(of),
      histories_(log, settings.history_rule),
      encoder_(model.history),
      pools_(model.history.pools.size()),
      sampler_(SharesOf(log, examples, items), ItemsWithEvents(log), settings),
      weighted_(std::ranges::any_of(log.weights, [](float weight) { return weight != 1.0F; })),
      demand_(log.items, log.times, items),
      log_popularity_(demand_.LogOfAll()) {}

model::TrainBatch BatchBuilder::Build(std::span<const std::int64_t> batch, RandomSequence random,
                                      std::span<const std::int32_t> hard) {
  const auto rows = static_cast<std::int64_t>(batch.size());
  model::TrainBatch out = BuildRows(batch, ShareOf(of_, rows, 0).first_row, EndRowOf(of_, rows), random, hard);
  if (of_.ranks > 1) TakeShare(out);
  return out;
}

model::TrainBatch BatchBuilder::BuildWhole(std::span<const std::int64_t> batch, RandomSequence random) {
  return BuildRows(batch, 0, static_cast<std::int64_t>(batch.size()), random, {});
}

base::QueryBatch BatchBuilder::Queries(std::span<const std::int64_t> examples) {
  return QueriesBehind({}, examples);
}

base::QueryBatch BatchBuilder::QueriesBehind(std::span<const std::int64_t> before,
                                             std::span<const std::int64_t> examples) {
  base::QueryBatch queries;
  StartQueries(queries);
  if (encoder_.reads_order()) StartSequences(before, queries.sequences);
  for (const std::int64_t example : examples) AppendQuery((*examples_)[static_cast<std::size_t>(example)], queries);
  return queries;
}

model::TrainBatch BatchBuilder::BuildRows(std::span<const std::int64_t> batch, std::int64_t begin, std::int64_t end,
                                          RandomSequence random, std::span<const std::int32_t> hard) {
  model::TrainBatch out;
  out.queries = QueriesBehind(batch.first(static_cast<std::size_t>(begin)),
                              batch.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  sampler_.Choose(Positives(batch), hard, random, out);
  if (weighted_) SetRowWeights(batch, out);
  if (prior_.learned) SetLogDemand(batch, out);
  return out;
}

// The shape of a batch is there even if the rank's share has no rows.
void BatchBuilder::StartQueries(base::QueryBatch& queries) const {
  queries.pools.resize(pools_);
  queries.context.categorical.resize(log_->parts.front()->context.size());
}

void BatchBuilder::StartSequences(std::span<const std::int64_t> before, base::Sequences& sequences) {
  base::QueryBatch queries;
  for (const std::int64_t example : before) {
    const Example& of_row = (*examples_)[static_cast<std::size_t>(example)];
    encoder_.Append(histories_.Of(of_row), log_->times[static_cast<std::size_t>(of_row.event)], queries);
  }
  sequences = features::LastSequence(queries.sequences);
}

void BatchBuilder::TakeShare(model::TrainBatch& out) const {
  const std::int64_t rows = out.rows();
  const auto begin = static_cast<std::ptrdiff_t>(ShareOf(of_, rows, 0).first_row);
  const auto end = static_cast<std::ptrdiff_t>(EndRowOf(of_, rows));
  out.share = ShareOf(of_, rows, static_cast<std::int64_t>(out.candidates.size()));
  out.positives = {out.positives.begin() + begin, out.positives.begin() + end};
  if (!out.positive_bias.empty()) {
    out.positive_bias = {out.positive_bias.begin() + begin, out.positive_bias.begin() + end};
  }
  if (out.row_weights.empty()) out.row_weights.assign(static_cast<std::size_t>(rows), 1.0F);
  out.row_weights = {out.row_weights.begin() + begin, out.row_weights.begin() + end};
  const float share = static_cast<float>(end - begin) / static_cast<float>(rows);
  for (float& weight : out.row_weights) weight *= share;
}

std::vector<std::int32_t> BatchBuilder::Positives(std::span<const std::int64_t> batch) const {
  std::vector<std::int32_t> items;
  items.reserve(batch.size());
  for (const std::int64_t example : batch) {
    const std::int64_t event = (*examples_)[static_cast<std::size_t>(example)].event;
    items.push_back(log_->items[static_cast<std::size_t>(event)]);
  }
  return items;
}

void BatchBuilder::AppendQuery(const Example& example, base::QueryBatch& queries) {
  const auto event = static_cast<std::size_t>(example.event);
  encoder_.Append(histories_.Of(example), log_->times[event], queries);
  AppendContext(*log_->parts[log_->origin_parts[event]], log_->origin_rows[event], queries.context);
}

void BatchBuilder::SetRowWeights(std::span<const std::int64_t> batch, model::TrainBatch& out) const {
  for (const std::int64_t example : batch) {
    const std::int64_t event = (*examples_)[static_cast<std::size_t>(example)].event;
    out.row_weights.push_back(log_->weights[static_cast<std::size_t>(event)]);
  }
}

void BatchBuilder::SetLogDemand(std::span<const std::int64_t> batch, model::TrainBatch& out) const {
  std::int64_t now = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t example : batch) {
    const std::int64_t event = (*examples_)[static_cast<std::size_t>(example)].event;
    now = std::min(now, log_->times[static_cast<std::size_t>(event)]);
  }
  const bool recent = prior_.kind == PriorKind::kRecentDemand;
  const std::vector<float> recent_demand = recent ? PriorInputs(prior_, demand_, now) : std::vector<float>();
  const std::vector<float>& log_demand = recent ? recent_demand : log_popularity_;
  const std::int64_t width = model::DemandWidth(prior_);
  for (const std::int32_t item : out.candidates) {
    const auto row = log_demand.begin() + item * width;
    out.log_demand.insert(out.log_demand.end(), row, row + width);
  }
}

}  // namespace shortlist::train
