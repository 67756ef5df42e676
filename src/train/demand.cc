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

std::int64_t WindowSeconds(double days) {
  return static_cast<std::int64_t>(std::llround(days * 86400));
}

}  // namespace shortlist::train
