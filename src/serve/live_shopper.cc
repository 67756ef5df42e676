#include "serve/live_shopper.h"

#include <algorithm>
#include <map>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

std::vector<std::string> Dismissed(const std::vector<profile::ItemEvent>& events) {
  std::map<std::string_view, EventKind> last;
  for (const profile::ItemEvent& event : events) last[event.item] = event.kind;
  std::vector<std::string> items;
  for (const auto& [item, kind] : last) {
    if (kind == EventKind::kDismiss) items.emplace_back(item);
  }
  return items;
}

std::optional<profile::KnownShopper> TryToKnow(const profile::LiveProfiles& profiles, std::string_view user_id) {
  try {
    return profiles.Know(user_id);
  } catch (const Error& problem) {
    if (problem.code() != Code::kUnavailable) throw;
    return std::nullopt;
  }
}

}  // namespace

LiveShopper ReadLiveShopper(const profile::LiveProfiles* profiles, std::optional<std::string_view> user_id) {
  LiveShopper live;
  if (profiles == nullptr) return live;
  std::optional<profile::Profile> profile;
  if (user_id) {
    std::optional<profile::KnownShopper> known = TryToKnow(*profiles, *user_id);
    if (!known) return {.personal = false, .name = profiles->NameOf(*user_id), .erased = true, .unread = true};
    live.name = std::move(known->name);
    live.identified = known->identified;
    live.erased = known->erased;
    profile = std::move(known->profile);
  }
  live.personal = profiles->Allows(profile, profile::Purpose::kPersonalization);
  live.trains = profiles->Allows(profile, profile::Purpose::kTraining);
  if (!live.personal || !profile) return live;
  live.dismissed = Dismissed(profile->events);
  const std::vector<EventKind>& kinds = profiles->settings().history;
  std::ranges::copy_if(profile->events, std::back_inserter(live.events), [&](const profile::ItemEvent& event) {
    return std::ranges::find(kinds, event.kind) != kinds.end();
  });
  return live;
}

}  // namespace shortlist::serve
