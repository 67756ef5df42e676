#include "serve/live_shopper.h"

#include <algorithm>
#include <map>

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

}  // namespace

LiveShopper ReadLiveShopper(const profile::LiveProfiles* profiles, std::optional<std::string_view> user_id) {
  LiveShopper live;
  if (profiles == nullptr) return live;
  std::optional<profile::Profile> profile;
  if (user_id) {
    live.name = profiles->NameOf(*user_id);
    if (auto known_as = profiles->KnownAs(live.name)) {
      live.name = *std::move(known_as);
      live.identified = true;
    }
    live.erased = profiles->WasErased(live.name);
    profile = profiles->Find(live.name);
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
