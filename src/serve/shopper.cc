#include "serve/shopper.h"

#include <optional>
#include <utility>

#include "serve/exclusion.h"

namespace shortlist::serve {
namespace {

profile::Events Stored(const index::Bundle& bundle, std::optional<std::string_view> user_id) {
  const std::int32_t user = user_id ? bundle.FindUser(*user_id) : -1;
  if (user < 0) return {};
  return {bundle.HistoryItems(user), bundle.HistoryTimes(user)};
}

// The request's events of items that the model knows.
struct Requested {
  std::vector<std::int32_t> items;
  std::vector<std::int64_t> times;
  std::int64_t unknown = 0;
};

Requested ReadRequested(const index::Bundle& bundle, const std::vector<HistoryEvent>& history, std::int64_t now) {
  Requested requested;
  for (const HistoryEvent& event : history) {
    const std::int32_t item = bundle.FindItem(event.item_id);
    if (item < 0 || !bundle.IsLearned(item)) {
      ++requested.unknown;
      continue;
    }
    requested.items.push_back(item);
    requested.times.push_back(event.time == 0 ? now : event.time);
  }
  return requested;
}

}  // namespace

Shopper ReadShopper(const ServingSnapshot& snapshot, const RecommendRequest& request, std::int64_t clock) {
  const index::Bundle& bundle = snapshot.bundle();
  const std::int64_t now = request.time == 0 ? clock : request.time;
  const Requested requested = ReadRequested(bundle, request.history, now);
  const auto kind = bundle.history_has_times() ? profile::TimeKind::kUnixSeconds : profile::TimeKind::kOrderNumbers;
  return {profile::Merge(Stored(bundle, request.user_id), {requested.items, requested.times}, now, kind),
          requested.unknown};
}

std::vector<std::int32_t> ExcludedItems(const CatalogView& view, const RecommendRequest& request,
                                        const Shopper& shopper, SeenPolicy seen) {
  std::vector<std::int32_t> masked;
  if (seen == SeenPolicy::kMask) {
    masked = shopper.items;
    for (const HistoryEvent& event : request.history) {  // items that are new are of no use to the model yet
      const std::int32_t item = view.Find(event.item_id);
      if (item >= 0 && !view.IsLearned(item)) masked.push_back(item);
    }
  }
  return Exclusions(std::move(masked), request.exclude_item_ids, [&](std::string_view id) { return view.Find(id); });
}

}  // namespace shortlist::serve
