#include "serve/shopper.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "serve/exclusion.h"

namespace shortlist::serve {
namespace {

void AppendStored(const index::Bundle& bundle, std::string_view user_id, Shopper& shopper) {
  const std::int32_t user = bundle.FindUser(user_id);
  if (user < 0) return;
  const auto items = bundle.HistoryItems(user);
  const auto times = bundle.HistoryTimes(user);
  shopper.items.assign(items.begin(), items.end());
  shopper.times.assign(times.begin(), times.end());
}

void AppendRequested(const index::Bundle& bundle, const std::vector<HistoryEvent>& history, Shopper& shopper) {
  for (const HistoryEvent& event : history) {
    const std::int32_t item = bundle.FindItem(event.item_id);
    if (item < 0) {
      ++shopper.unknown_history_items;
      continue;
    }
    shopper.items.push_back(item);
    shopper.times.push_back(event.time == 0 ? shopper.now : std::min(event.time, shopper.now));
  }
}

template <class T>
std::vector<T> Reordered(const std::vector<T>& values, const std::vector<std::size_t>& order) {
  std::vector<T> reordered;
  reordered.reserve(values.size());
  for (const std::size_t place : order) reordered.push_back(values[place]);
  return reordered;
}

void SortByTime(Shopper& shopper) {
  if (std::ranges::is_sorted(shopper.times)) return;
  std::vector<std::size_t> order(shopper.items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t place) { return shopper.times[place]; });
  shopper.items = Reordered(shopper.items, order);
  shopper.times = Reordered(shopper.times, order);
}

void NumberEvents(Shopper& shopper) {
  shopper.times.resize(shopper.items.size());
  std::iota(shopper.times.begin(), shopper.times.end(), std::int64_t{0});
  shopper.now = static_cast<std::int64_t>(shopper.items.size());
}

}  // namespace

Shopper ReadShopper(const ServingSnapshot& snapshot, const RecommendRequest& request, std::int64_t clock) {
  const index::Bundle& bundle = snapshot.bundle();
  Shopper shopper;
  shopper.now = request.time == 0 ? clock : request.time;
  if (request.user_id) AppendStored(bundle, *request.user_id, shopper);
  AppendRequested(bundle, request.history, shopper);
  if (bundle.history_has_times()) {
    SortByTime(shopper);
  } else {
    NumberEvents(shopper);
  }
  return shopper;
}

std::vector<std::int32_t> ExcludedItems(const ServingSnapshot& snapshot, const RecommendRequest& request,
                                        const Shopper& shopper) {
  std::vector<std::int32_t> seen;
  if (request.seen == SeenPolicy::kMask) seen = shopper.items;
  return Exclusions(std::move(seen), request.exclude_item_ids,
                    [&](std::string_view id) { return snapshot.bundle().FindItem(id); });
}

}  // namespace shortlist::serve
