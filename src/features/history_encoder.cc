#include "features/history_encoder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "features/history_sequences.h"
#include "shortlist/error.h"

namespace shortlist::features {
namespace {

constexpr double kSecondsPerDay = 86400;

// Places of the last known items of a history, newest first.
std::vector<std::size_t> RecentPlaces(HistoryView history, std::int64_t most) {
  std::vector<std::size_t> places;
  places.reserve(std::min(history.items.size(), static_cast<std::size_t>(std::max<std::int64_t>(most, 0))));
  for (std::size_t i = history.items.size(); i-- > 0 && static_cast<std::int64_t>(places.size()) < most;) {
    if (history.items[i] != kUnknownItem) places.push_back(i);
  }
  return places;
}

// The exponent of the weight of each place, newest first. The least age is subtracted: it cancels when the weights are
// normalized, and an old history does not underflow.
std::vector<double> HalvingAges(HistoryView history, const std::vector<std::size_t>& places, std::int64_t now,
                                double half_life_days) {
  std::vector<double> ages;
  ages.reserve(places.size());
  for (const std::size_t place : places) {
    const double seconds = static_cast<double>(now) - static_cast<double>(history.times[place]);
    ages.push_back(std::max(0.0, seconds) / (half_life_days * kSecondsPerDay));
  }
  const double least = *std::min_element(ages.begin(), ages.end());
  for (double& age : ages) age -= least;
  return ages;
}

std::vector<double> Weights(const PoolSettings& pool, HistoryView history, const std::vector<std::size_t>& places,
                            std::int64_t now) {
  std::vector<double> weights(places.size(), 1.0);
  if (pool.weighting == PoolWeighting::kPositionDecay) {
    for (std::size_t age = 1; age < weights.size(); ++age) weights[age] = weights[age - 1] * pool.decay;
  }
  if (pool.weighting == PoolWeighting::kTimeDecay && !places.empty()) {
    const std::vector<double> ages = HalvingAges(history, places, now, pool.half_life_days);
    for (std::size_t i = 0; i < ages.size(); ++i) weights[i] = std::exp2(-ages[i]);
  }
  return weights;
}

void CheckTimes(const HistorySettings& settings, HistoryView history) {
  const auto needs_times = [](const PoolSettings& pool) { return pool.weighting == PoolWeighting::kTimeDecay; };
  if (history.times.size() == history.items.size() || std::ranges::none_of(settings.pools, needs_times)) return;
  throw Error(Code::kInvalidArgument, "history: time_decay needs the time of each of the " +
                                          std::to_string(history.items.size()) + " events, got " +
                                          std::to_string(history.times.size()));
}

void AppendRow(HistoryView history, const std::vector<std::size_t>& places, const std::vector<double>& weights,
               base::Bags& bags) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  for (std::size_t i = places.size(); i-- > 0;) {
    bags.Append(history.items[places[i]], static_cast<float>(weights[i] / sum));
  }
  bags.EndRow();
}

std::vector<std::int32_t> ItemsOf(HistoryView history, const std::vector<std::size_t>& places) {
  std::vector<std::int32_t> items;
  for (std::size_t i = places.size(); i-- > 0;) items.push_back(history.items[places[i]]);
  return items;
}

}  // namespace

HistoryEncoder::HistoryEncoder(HistorySettings settings) : settings_(std::move(settings)) {}

void HistoryEncoder::Append(HistoryView history, std::int64_t now, base::QueryBatch& batch) const {
  CheckTimes(settings_, history);
  if (batch.pools.empty()) batch.pools.resize(settings_.pools.size());
  const std::vector<std::size_t> places = RecentPlaces(history, settings_.max_length);
  for (std::size_t p = 0; p < settings_.pools.size(); ++p) {
    AppendRow(history, places, Weights(settings_.pools[p], history, places, now), batch.pools[p]);
  }
  if (reads_order()) AppendHistory(ItemsOf(history, places), batch.sequences);
}

}  // namespace shortlist::features
