#include "profile/history.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace shortlist::profile {
namespace {

template <class Value>
std::vector<Value> Joined(std::span<const Value> first, std::span<const Value> second) {
  std::vector<Value> joined(first.begin(), first.end());
  joined.insert(joined.end(), second.begin(), second.end());
  return joined;
}

template <class Value>
std::vector<Value> Reordered(const std::vector<Value>& values, const std::vector<std::size_t>& order) {
  std::vector<Value> reordered;
  reordered.reserve(values.size());
  for (const std::size_t place : order) reordered.push_back(values[place]);
  return reordered;
}

void SortByTime(History& history) {
  if (std::ranges::is_sorted(history.times)) return;
  std::vector<std::size_t> order(history.items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t place) { return history.times[place]; });
  history.items = Reordered(history.items, order);
  history.times = Reordered(history.times, order);
}

void NumberEvents(History& history) {
  std::iota(history.times.begin(), history.times.end(), std::int64_t{0});
  history.now = static_cast<std::int64_t>(history.items.size());
}

}  // namespace

History Merge(Events stored, Events recent, std::int64_t now, TimeKind kind) {
  History history{Joined(stored.items, recent.items), Joined(stored.times, recent.times), now};
  if (kind == TimeKind::kOrderNumbers) {
    NumberEvents(history);
    return history;
  }
  for (std::size_t i = stored.times.size(); i < history.times.size(); ++i) {
    history.times[i] = std::min(history.times[i], now);
  }
  SortByTime(history);
  return history;
}

}  // namespace shortlist::profile
