#include "train/snapshot_reader.h"

#include <algorithm>
#include <limits>

namespace shortlist::train {
namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();
// Floats of the scores of shoppers and items that are held at a time.
constexpr std::int64_t kScoresPerPart = 1 << 22;

std::vector<float> Transposed(std::span<const float> rows, std::size_t width) {
  const std::size_t count = rows.size() / width;
  std::vector<float> columns(rows.size());
  for (std::size_t row = 0; row < count; ++row) {
    for (std::size_t column = 0; column < width; ++column) columns[column * count + row] = rows[row * width + column];
  }
  return columns;
}

}  // namespace

features::HistoryView SnapshotShopper::History(const EventLog& log) const {
  const auto first = static_cast<std::size_t>(begin);
  const auto known = static_cast<std::size_t>(now - begin);
  return {std::span(log.items).subspan(first, known), std::span(log.times).subspan(first, known)};
}

std::span<const std::int32_t> SnapshotShopper::Taken(const EventLog& log) const {
  return std::span(log.items).subspan(static_cast<std::size_t>(now), static_cast<std::size_t>(end - now));
}

std::vector<std::int32_t> DistinctItems(std::span<const std::int32_t> items) {
  std::vector<std::int32_t> distinct(items.begin(), items.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  return distinct;
}

SnapshotReader::SnapshotReader(const Settings& settings, const data::Dataset& dataset, const EventLog& log,
                               model::TwoTower& towers, tensor::Backend& backend)
    : settings_(&settings),
      dataset_(&dataset),
      log_(&log),
      towers_(&towers),
      backend_(&backend),
      demand_(log.items, log.times, dataset.items()) {}

std::vector<SnapshotShopper> SnapshotReader::ShoppersAt(std::int64_t time, double horizon_days,
                                                        std::int64_t most) const {
  const std::int64_t horizon = time + WindowSeconds(horizon_days);
  std::vector<SnapshotShopper> shoppers;
  for (std::size_t user = 0; user + 1 < log_->offsets.size(); ++user) {
    const auto first = log_->times.begin() + log_->offsets[user];
    const auto last = log_->times.begin() + log_->offsets[user + 1];
    const auto now = std::lower_bound(first, last, time);
    const auto end = std::lower_bound(now, last, horizon);
    if (now == first || end == now) continue;
    shoppers.push_back({log_->offsets[user], now - log_->times.begin(), end - log_->times.begin()});
  }
  const auto wanted = static_cast<std::size_t>(most);
  if (shoppers.size() <= wanted) return shoppers;
  std::vector<SnapshotShopper> chosen;
  for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(shoppers[i * shoppers.size() / wanted]);
  return chosen;
}

void SnapshotReader::MoveTo(std::int64_t time) {
  time_ = time;
  const PriorSettings& prior = settings_->model.prior;
  prior_inputs_ =
      prior.kind == PriorKind::kPopularity ? demand_.LogBetween(kEver, time) : PriorInputs(prior, demand_, time);
  towers_->ReplaceDemand(prior_inputs_);
  item_vectors_.resize(static_cast<std::size_t>(items() * towers_->vector_width()));
  towers_->EncodeItems(0, items(), item_vectors_);
  const std::vector<float> transposed = Transposed(item_vectors_, static_cast<std::size_t>(towers_->vector_width()));
  transposed_item_vectors_ = backend_->Allocate(transposed.size() * sizeof(float));
  backend_->Upload(transposed.data(), transposed_item_vectors_.As<float>(), transposed.size() * sizeof(float));
  backend_->Synchronize();
}

void SnapshotReader::ForEachPart(std::span<const SnapshotShopper> shoppers, const Visit& visit) const {
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, kScoresPerPart / items()));
  for (std::size_t begin = 0; begin < shoppers.size(); begin += most) {
    const auto part = shoppers.subspan(begin, std::min(most, shoppers.size() - begin));
    const std::vector<float> vectors = Encode(part);
    visit(part, vectors, Score(vectors));
  }
}

std::vector<float> SnapshotReader::Encode(std::span<const SnapshotShopper> shoppers) const {
  const features::HistoryEncoder encoder(settings_->model.history);
  base::QueryBatch batch;
  for (const SnapshotShopper& shopper : shoppers) {
    encoder.Append(shopper.History(*log_), time_, batch);
    const auto event = static_cast<std::size_t>(shopper.now);
    AppendContext(*log_->parts[log_->origin_parts[event]], log_->origin_rows[event], batch.context);
  }
  std::vector<float> vectors(shoppers.size() * static_cast<std::size_t>(towers_->vector_width()));
  towers_->EncodeUsers(batch, vectors);
  return vectors;
}

std::vector<float> SnapshotReader::Score(std::span<const float> vectors) const {
  const std::int64_t width = towers_->vector_width();
  const std::int64_t rows = static_cast<std::int64_t>(vectors.size()) / width;
  std::vector<float> scores(static_cast<std::size_t>(rows * items()));
  const tensor::Buffer queries = backend_->Allocate(vectors.size_bytes());
  const tensor::Buffer products = backend_->Allocate(scores.size() * sizeof(float));
  backend_->Upload(vectors.data(), queries.As<float>(), vectors.size_bytes());
  backend_->Linear({queries.As<float>(), rows, width}, {transposed_item_vectors_.As<float>(), width, items()}, nullptr,
                   tensor::Activation::kNone, {products.As<float>(), rows, items()});
  backend_->Download(products.As<float>(), scores.data(), scores.size() * sizeof(float));
  backend_->Synchronize();
  return scores;
}

}  // namespace shortlist::train
