#include "train/batch_builder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/two_tower.h"

namespace shortlist::train {

BatchBuilder::BatchBuilder(const EventLog& log, const std::vector<Example>& examples, std::int64_t items,
                           const ModelSettings& model, const TrainSettings& settings, RankOf of)
    : log_(&log),
      examples_(&examples),
      items_(items),
      prior_(model.prior),
      settings_(settings),
      of_(of),
      histories_(log, settings.history_rule),
      encoder_(model.history),
      pools_(model.history.pools.size()),
      positive_share_(static_cast<std::size_t>(items), 0.0),
      weighted_(std::ranges::any_of(log.weights, [](float weight) { return weight != 1.0F; })),
      demand_(log.items, log.times, items),
      log_popularity_(demand_.LogOfAll()) {
  const double share = 1.0 / static_cast<double>(examples.size());
  for (const Example& example : examples) {
    positive_share_[static_cast<std::size_t>(log.items[static_cast<std::size_t>(example.event)])] += share;
  }
}

model::TrainBatch BatchBuilder::Build(std::span<const std::int64_t> batch, RandomSequence random) {
  const auto rows = static_cast<std::int64_t>(batch.size());
  model::TrainBatch out = BuildRows(batch, ShareOf(of_, rows, 0).first_row, EndRowOf(of_, rows), random);
  if (of_.ranks > 1) TakeShare(out);
  return out;
}

model::TrainBatch BatchBuilder::BuildWhole(std::span<const std::int64_t> batch, RandomSequence random) {
  return BuildRows(batch, 0, static_cast<std::int64_t>(batch.size()), random);
}

model::TrainBatch BatchBuilder::BuildRows(std::span<const std::int64_t> batch, std::int64_t begin, std::int64_t end,
                                          RandomSequence random) {
  model::TrainBatch out;
  StartQueries(out.queries);
  for (std::int64_t row = begin; row < end; ++row) {
    AppendQuery((*examples_)[static_cast<std::size_t>(batch[static_cast<std::size_t>(row)])], out.queries);
  }
  if (settings_.candidates == CandidateRule::kCatalog) {
    ChooseCatalog(batch, out);
  } else {
    ChooseInBatch(batch, random, out);
  }
  if (weighted_) SetRowWeights(batch, out);
  if (prior_.learned) SetLogDemand(batch, out);
  return out;
}

// The shape of a batch is there even if the rank's share has no rows.
void BatchBuilder::StartQueries(base::QueryBatch& queries) const {
  queries.pools.resize(pools_);
  queries.context.categorical.resize(log_->parts.front()->context.size());
}

void BatchBuilder::TakeShare(model::TrainBatch& out) const {
  const std::int64_t rows = out.rows();
  const auto begin = static_cast<std::ptrdiff_t>(ShareOf(of_, rows, 0).first_row);
  const auto end = static_cast<std::ptrdiff_t>(EndRowOf(of_, rows));
  out.share = ShareOf(of_, rows, static_cast<std::int64_t>(out.candidates.size()));
  out.positives = {out.positives.begin() + begin, out.positives.begin() + end};
  if (out.row_weights.empty()) out.row_weights.assign(static_cast<std::size_t>(rows), 1.0F);
  out.row_weights = {out.row_weights.begin() + begin, out.row_weights.begin() + end};
  const float share = static_cast<float>(end - begin) / static_cast<float>(rows);
  for (float& weight : out.row_weights) weight *= share;
}

std::int32_t BatchBuilder::Positive(std::int64_t example) const {
  return log_->items[static_cast<std::size_t>((*examples_)[static_cast<std::size_t>(example)].event)];
}

void BatchBuilder::AppendQuery(const Example& example, base::QueryBatch& queries) {
  const auto event = static_cast<std::size_t>(example.event);
  encoder_.Append(histories_.Of(example), log_->times[event], queries);
  AppendContext(*log_->parts[log_->origin_parts[event]], log_->origin_rows[event], queries.context);
}

void BatchBuilder::ChooseCatalog(std::span<const std::int64_t> batch, model::TrainBatch& out) const {
  out.candidates.resize(static_cast<std::size_t>(items_));
  std::iota(out.candidates.begin(), out.candidates.end(), 0);
  for (const std::int64_t example : batch) out.positives.push_back(Positive(example));
}

void BatchBuilder::ChooseInBatch(std::span<const std::int64_t> batch, RandomSequence& random,
                                 model::TrainBatch& out) const {
  for (const std::int64_t example : batch) {
    out.positives.push_back(static_cast<std::int32_t>(out.candidates.size()));
    out.candidates.push_back(Positive(example));
  }
  for (std::int64_t n = 0; n < settings_.sampled_negatives; ++n) {
    out.candidates.push_back(static_cast<std::int32_t>(random.Below(static_cast<std::uint64_t>(items_))));
  }
  if (settings_.log_q_correction) SetLogQ(static_cast<std::int64_t>(batch.size()), out);
}

// A column is an item's with the expected share of columns that the item has in a batch: as a positive by its share of
// the examples, as a sampled negative uniformly.
void BatchBuilder::SetLogQ(std::int64_t positives, model::TrainBatch& out) const {
  const auto columns = static_cast<double>(out.candidates.size());
  const double in_batch = static_cast<double>(positives) / columns;
  const double uniform = static_cast<double>(settings_.sampled_negatives) / (columns * static_cast<double>(items_));
  for (const std::int32_t item : out.candidates) {
    const double q = in_batch * positive_share_[static_cast<std::size_t>(item)] + uniform;
    out.log_q.push_back(static_cast<float>(std::log(q)));
  }
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
