#include "profile/retention.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace shortlist::profile {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

// Of the events of one kind that a profile has by themselves.
Activity ActivityOf(const std::vector<ItemEvent>& events, EventKind kind) {
  Activity activity;
  for (const ItemEvent& event : events) {  // by time
    if (event.kind != kind) continue;
    if (activity.events++ == 0) activity.first = event.time;
    activity.last = event.time;
  }
  return activity;
}

// What is left of an activity from `limit` on, which it reaches.
Activity EvenShare(const Activity& whole, std::int64_t limit) {
  const double share = static_cast<double>(whole.last - limit) / static_cast<double>(whole.last - whole.first);
  const double intervals = share * static_cast<double>(whole.events - 1);
  return {1 + static_cast<std::uint64_t>(std::llround(intervals)), limit, whole.last};
}

Activity Remaining(const Activity& whole, const Activity& known_before, const Activity& known, std::int64_t limit) {
  if (whole.last < limit) return {};
  if (known_before.events == whole.events) return known;
  Activity left = EvenShare(whole, limit);
  left.events = std::max(left.events, known.events);
  return left;
}

}  // namespace

Retention::Retention(const RetentionSettings& settings)
    : seconds_{settings.view,     settings.click, settings.add_to_cart, settings.remove_from_cart,
               settings.purchase, settings.dwell, settings.dismiss,     settings.search} {
  for (std::int64_t& limit : seconds_) limit = (limit == 0 ? settings.others : limit) * kSecondsPerDay;
}

bool Retention::has_limits() const {
  return std::ranges::any_of(seconds_, [](std::int64_t limit) { return limit > 0; });
}

bool Retention::IsOver(EventKind kind, std::int64_t time, std::int64_t now) const {
  const std::int64_t limit = seconds_[static_cast<std::size_t>(kind)];
  return limit > 0 && time < now - limit;
}

std::size_t Retention::Remove(Profile& profile, std::int64_t now) const {
  const std::vector<ItemEvent> before = profile.events;
  std::erase_if(profile.events, [&](const ItemEvent& event) { return IsOver(event.kind, event.time, now); });
  for (std::size_t place = 0; place < seconds_.size(); ++place) {
    const auto kind = static_cast<EventKind>(place);
    Activity& activity = profile.activity[place];
    if (activity.events == 0 || !IsOver(kind, activity.first, now)) continue;
    activity = Remaining(activity, ActivityOf(before, kind), ActivityOf(profile.events, kind), now - seconds_[place]);
  }
  return before.size() - profile.events.size();
}

}  // namespace shortlist::profile
