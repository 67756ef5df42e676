#include "train/demand.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace shortlist::train {

DemandCounter::DemandCounter(std::span<const std::int32_t> items, std::span<const std::int64_t> times,
                             std::int64_t item_count)
    : item_count_(item_count) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t event) { return times[event]; });
  items_.reserve(items.size());
  times_.reserve(times.size());
  for (const std::size_t event : order) {
    items_.push_back(items[event]);
    times_.push_back(times[event]);
  }
}

std::vector<float> DemandCounter::LogOfAll() const {
  return LogOfCounts(0, items_.size());
}

std::vector<float> DemandCounter::LogBetween(std::int64_t begin, std::int64_t end) const {
  const auto place = [&](std::int64_t time) {
    return static_cast<std::size_t>(std::ranges::lower_bound(times_, time) - times_.begin());
  };
  return LogOfCounts(place(begin), place(end));
}

std::vector<float> DemandCounter::LogOfCounts(std::size_t first, std::size_t last) const {
  std::vector<float> counts(static_cast<std::size_t>(item_count_), 1.0F);
  for (std::size_t event = first; event < last; ++event) counts[static_cast<std::size_t>(items_[event])] += 1.0F;
  for (float& count : counts) count = std::log(count);
  return counts;
}

namespace {

// Columns to rows.
std::vector<float> Interleaved(const std::vector<std::vector<float>>& columns) {
  std::vector<float> rows;
  rows.reserve(columns.size() * columns.front().size());
  for (std::size_t item = 0; item < columns.front().size(); ++item) {
    for (const std::vector<float>& column : columns) rows.push_back(column[item]);
  }
  return rows;
}

}  // namespace

std::vector<float> PriorInputs(const PriorSettings& prior, const DemandCounter& demand, std::int64_t now) {
  if (prior.kind == PriorKind::kNone) return {};
  if (prior.kind == PriorKind::kPopularity) return demand.LogOfAll();
  std::vector<std::vector<float>> windows = {demand.LogBetween(now - WindowSeconds(prior.window_days), now)};
  for (const double days : prior.further_windows_days) {
    windows.push_back(demand.LogBetween(now - WindowSeconds(days), now));
  }
  return Interleaved(windows);
}

std::int64_t WindowSeconds(double days) {
  return static_cast<std::int64_t>(std::llround(days * 86400));
}

}  // namespace shortlist::train
