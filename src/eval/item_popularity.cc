#include "eval/item_popularity.h"

#include <algorithm>
#include <numeric>

namespace shortlist::eval {

std::vector<double> PopularityPercentiles(std::span<const std::int64_t> item_events) {
  std::vector<std::int64_t> sorted(item_events.begin(), item_events.end());
  std::sort(sorted.begin(), sorted.end());
  const double others = std::max(1.0, static_cast<double>(sorted.size()) - 1);
  std::vector<double> percentiles;
  for (const std::int64_t events : item_events) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), events);
    const double equals = static_cast<double>(last - first) - 1;
    percentiles.push_back((static_cast<double>(first - sorted.begin()) + equals / 2) / others);
  }
  return percentiles;
}

std::vector<std::int32_t> PopularityOrder(std::span<const std::int64_t> item_events) {
  std::vector<std::int32_t> order(item_events.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return item_events[static_cast<std::size_t>(a)] > item_events[static_cast<std::size_t>(b)];
  });
  return order;
}

}  // namespace shortlist::eval
