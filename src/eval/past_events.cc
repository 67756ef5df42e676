#include "eval/past_events.h"

#include <algorithm>
#include <numeric>

namespace shortlist::eval {
namespace {

void Append(const data::Interactions& part, std::int64_t user, Query& query) {
  const auto row = static_cast<std::size_t>(user);
  const auto begin = static_cast<std::size_t>(part.offsets[row]);
  const auto size = static_cast<std::size_t>(part.offsets[row + 1]) - begin;
  const auto items = part.items.subspan(begin, size);
  const auto times = part.times.subspan(begin, size);
  query.history.insert(query.history.end(), items.begin(), items.end());
  query.times.insert(query.times.end(), times.begin(), times.end());
}

void SortByTime(Query& query) {
  std::vector<std::size_t> order(query.times.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return query.times[a] < query.times[b]; });
  Query sorted;
  for (const std::size_t place : order) {
    sorted.history.push_back(query.history[place]);
    sorted.times.push_back(query.times[place]);
  }
  query.history = std::move(sorted.history);
  query.times = std::move(sorted.times);
}

}  // namespace

Parts PartsBefore(const data::Dataset& dataset, data::Part part) {
  Parts parts;
  for (const data::Part earlier : {data::Part::kTrain, data::Part::kValidation}) {
    if (earlier < part) parts.push_back(&dataset.part(earlier));
  }
  return parts;
}

void ReadHistory(const Parts& parts, std::int64_t user, Query& query) {
  query.user = user;
  query.history.clear();
  query.times.clear();
  for (const data::Interactions* part : parts) Append(*part, user, query);
  if (!std::is_sorted(query.times.begin(), query.times.end())) SortByTime(query);
}

std::vector<std::int64_t> CountEvents(const Parts& parts, std::int64_t items, TimeWindow window) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(items));
  for (const data::Interactions* part : parts) {
    for (std::size_t event = 0; event < part->items.size(); ++event) {
      const std::int64_t time = part->times[event];
      if (time >= window.since && time < window.until) ++counts[static_cast<std::size_t>(part->items[event])];
    }
  }
  return counts;
}

}  // namespace shortlist::eval
