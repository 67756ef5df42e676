#include "model/closed_form.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/thread_pool.h"

namespace shortlist::model {
namespace {

constexpr std::int64_t kWholeHistory = 100000;
constexpr std::int64_t kLeastDimension = 2;
constexpr double kAllTimeDays = 1e5;
// So small that sums of scores do not feel it.
constexpr float kOrderOfUnscored = 1e-20F;

const TimeSettings& TimeOf(const ModelSettings& settings) {
  static constexpr TimeSettings kNoTime;
  switch (settings.kind) {
    case ModelKind::kItemKnn:
      return settings.item_knn;
    case ModelKind::kEase:
      return settings.ease;
    case ModelKind::kIals:
      return settings.ials;
    case ModelKind::kTwoTower:
    case ModelKind::kPopularity:
      break;
  }
  return kNoTime;
}

std::int64_t DimensionOf(const ModelSettings& settings, std::int64_t items) {
  if (settings.kind == ModelKind::kPopularity) return kLeastDimension;
  return settings.kind == ModelKind::kIals ? settings.ials.dimension : items;
}

// One pool per decay, so that a row's weights multiply to those of the history.
std::vector<PoolSettings> PoolsOf(const TimeSettings& time) {
  std::vector<PoolSettings> pools;
  if (time.history_decay < 1) {
    pools.push_back({.weighting = PoolWeighting::kPositionDecay, .decay = time.history_decay});
  }
  if (time.history_half_life_days > 0) {
    pools.push_back({.weighting = PoolWeighting::kTimeDecay, .half_life_days = time.history_half_life_days});
  }
  if (pools.empty()) pools.push_back({.weighting = PoolWeighting::kMean});
  return pools;
}

PriorSettings PriorOf(const ModelSettings& settings, bool has_times) {
  PriorSettings prior;
  prior.window_days = settings.prior.window_days;
  if (settings.kind == ModelKind::kPopularity) {
    prior.kind = settings.prior.kind == PriorKind::kNone ? PriorKind::kPopularity : settings.prior.kind;
  } else if (TimeOf(settings).demand_exponent > 0 && has_times) {
    prior.kind = PriorKind::kRecentDemand;
    prior.further_windows_days = {kAllTimeDays};
  } else {
    prior.kind = PriorKind::kPopularity;
  }
  return prior;
}

// Of a row's events [begin, end), in the order of time. Pools are normalized, and the newest event weighs one.
double WeightOf(const std::vector<base::Bags>& pools, std::int64_t event, std::int64_t newest) {
  double weight = 1;
  for (const base::Bags& pool : pools) {
    weight *=
        double{pool.weights[static_cast<std::size_t>(event)]} / double{pool.weights[static_cast<std::size_t>(newest)]};
  }
  return weight;
}

// Rising by item.
std::vector<linear::WeightedItem> WeighRow(const std::vector<base::Bags>& pools, std::int64_t row, bool adds_repeats) {
  const base::Bags& events = pools.front();
  const std::int64_t begin = events.offsets[static_cast<std::size_t>(row)];
  const std::int64_t end = events.offsets[static_cast<std::size_t>(row) + 1];
  std::map<std::int32_t, double> weights;
  for (std::int64_t event = begin; event < end; ++event) {
    double& total = weights[events.ids[static_cast<std::size_t>(event)]];
    const double weight = WeightOf(pools, event, end - 1);
    total = adds_repeats ? total + weight : std::max(total, weight);
  }
  std::vector<linear::WeightedItem> items;
  items.reserve(weights.size());
  for (const auto& [item, weight] : weights) items.push_back({item, weight});
  return items;
}

}  // namespace

ModelSettings ClosedFormSettings(ModelSettings settings, std::int64_t items, bool has_times) {
  settings.prior = PriorOf(settings, has_times);
  settings.dimension = DimensionOf(settings, items);
  settings.similarity = Similarity::kDot;
  settings.temperature = 1;
  settings.learn_temperature = false;
  settings.history = {.max_length = kWholeHistory, .pools = PoolsOf(TimeOf(settings)), .encoder = {}};
  settings.user_hidden.clear();
  settings.item_hidden.clear();
  settings.dropout = 0;
  settings.initial_deviation = 0;
  settings.repeat = {};
  return settings;
}

std::vector<float> ClosedFormPriorWeights(const ModelSettings& settings) {
  if (settings.kind == ModelKind::kPopularity) return {1};
  std::vector<float> weights(1 + settings.prior.further_windows_days.size(), 0.0F);
  weights.back() = kOrderOfUnscored;
  return weights;
}

float DemandFactor(const ModelSettings& settings, std::span<const float> log_demand) {
  return static_cast<float>(std::exp(TimeOf(settings).demand_exponent * double{log_demand.front()}));
}

ClosedFormShoppers::ClosedFormShoppers(const ModelSettings& settings, std::span<const float> table)
    : kind_(settings.kind), dimension_(settings.dimension) {
  if (kind_ != ModelKind::kIals) return;
  base::ThreadPool pool(1);
  squares_.emplace(table, settings.ials, pool);
}

void ClosedFormShoppers::Encode(const std::vector<base::Bags>& pools, std::int64_t width, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  if (kind_ == ModelKind::kPopularity) return;
  linear::LeastSquares::Scratch scratch;
  for (std::int64_t row = 0; row < pools.front().rows(); ++row) {
    const std::span<float> vector =
        out.subspan(static_cast<std::size_t>(row * width), static_cast<std::size_t>(dimension_));
    const auto items = WeighRow(pools, row, kind_ == ModelKind::kItemKnn);
    if (squares_) {
      squares_->Solve(items, vector, scratch);
    } else {
      for (const auto& [item, weight] : items) vector[static_cast<std::size_t>(item)] = static_cast<float>(weight);
    }
  }
}

}  // namespace shortlist::model
