#include "serve/shopper.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "serve/exclusion.h"

namespace shortlist::serve {
namespace {

// Models that were trained on the log of events know a shopper by the name there. What they know of a visitor does not
// become that of the shopper whom the visitor turned out to be: the visitor may not have agreed to it.
profile::Events Stored(const index::Bundle& bundle, std::optional<std::string_view> user_id, const LiveShopper& live) {
  if (!user_id || live.erased) return {};
  std::int32_t user = live.identified ? -1 : bundle.FindUser(*user_id);
  if (user < 0) user = bundle.FindUser(live.name);
  if (user < 0) return {};
  return {bundle.HistoryItems(user), bundle.HistoryTimes(user)};
}

// How often each event of an item and a time is stored.
using StoredEvents = std::map<std::pair<std::int32_t, std::int64_t>, int>;

StoredEvents CountEvents(profile::Events stored) {
  StoredEvents counts;
  for (std::size_t i = 0; i < stored.items.size(); ++i) ++counts[{stored.items[i], stored.times[i]}];
  return counts;
}

// Events that are not stored: by items that the model knows, and the ids of the others.
class RecentEvents {
 public:
  explicit RecentEvents(const index::Bundle& bundle) : bundle_(bundle) {}

  void AddLive(const std::vector<profile::ItemEvent>& events, profile::Events stored) {
    StoredEvents counts = bundle_.history_has_times() && !events.empty() ? CountEvents(stored) : StoredEvents();
    for (const profile::ItemEvent& event : events) {
      const auto known = counts.find({bundle_.FindItem(event.item), event.time});
      if (known != counts.end() && known->second-- > 0) continue;
      Add(event.item, event.time);
    }
  }

  // Returns how many have items that the model does not know.
  std::int64_t AddRequested(const std::vector<HistoryEvent>& history, std::int64_t now) {
    const std::size_t before = unplaced_.size();
    for (const HistoryEvent& event : history) Add(event.item_id, event.time == 0 ? now : event.time);
    return static_cast<std::int64_t>(unplaced_.size() - before);
  }

  profile::Events events() const { return {items_, times_}; }
  std::vector<std::string>& unplaced() { return unplaced_; }

 private:
  void Add(std::string_view id, std::int64_t time) {
    const std::int32_t item = bundle_.FindItem(id);
    if (item < 0 || !bundle_.IsLearned(item)) {
      unplaced_.emplace_back(id);
      return;
    }
    items_.push_back(item);
    times_.push_back(time);
  }

  const index::Bundle& bundle_;
  std::vector<std::int32_t> items_;
  std::vector<std::int64_t> times_;
  std::vector<std::string> unplaced_;
};

Shopper Stranger(std::int64_t now, const LiveShopper& live) {
  Shopper shopper;
  shopper.now = now;
  shopper.personal = live.unread;
  return shopper;
}

}  // namespace

Shopper ReadShopper(const ServingSnapshot& snapshot, const RecommendRequest& request, std::int64_t clock,
                    LiveShopper live) {
  const index::Bundle& bundle = snapshot.bundle();
  const std::int64_t now = request.time == 0 ? clock : request.time;
  if (!live.personal) return Stranger(now, live);
  const profile::Events stored = Stored(bundle, request.user_id, live);
  RecentEvents recent(bundle);
  recent.AddLive(live.events, stored);
  const std::int64_t unknown = recent.AddRequested(request.history, now);
  const auto kind = bundle.history_has_times() ? profile::TimeKind::kUnixSeconds : profile::TimeKind::kOrderNumbers;
  return {profile::Merge(stored, recent.events(), now, kind), unknown, std::move(recent.unplaced()),
          std::move(live.dismissed)};
}

std::vector<std::int32_t> ExcludedItems(const CatalogView& view, const RecommendRequest& request,
                                        const Shopper& shopper, SeenPolicy seen) {
  std::vector<std::int32_t> masked;
  if (seen == SeenPolicy::kMask) {
    masked = shopper.items;
    for (const std::string& id : shopper.unplaced) {  // items that are new are of no use to the model yet
      const std::int32_t item = view.Find(id);
      if (item >= 0) masked.push_back(item);
    }
  }
  for (const std::string& id : shopper.dismissed) {
    const std::int32_t item = view.Find(id);
    if (item >= 0) masked.push_back(item);
  }
  return Exclusions(std::move(masked), request.exclude_item_ids, [&](std::string_view id) { return view.Find(id); });
}

}  // namespace shortlist::serve
