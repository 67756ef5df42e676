#include "profile/profile.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "profile/bytes.h"

namespace shortlist::profile {
namespace {

void Count(const Event& event, Activity& activity) {
  activity.first = activity.events == 0 ? event.time : std::min(activity.first, event.time);
  activity.last = activity.events == 0 ? event.time : std::max(activity.last, event.time);
  ++activity.events;
}

std::pair<std::int64_t, std::uint64_t> PlaceOf(const ItemEvent& event) {
  return {event.time, event.sequence};
}

void Insert(const Event& event, std::uint64_t sequence, std::size_t most, std::vector<ItemEvent>& events) {
  const auto place = std::ranges::upper_bound(events, event.time, {}, &ItemEvent::time);
  events.insert(place, ItemEvent{event.item, event.kind, event.time, sequence});
  if (events.size() > most) events.erase(events.begin());
}

void Take(const Event& event, std::uint64_t sequence, const ProfileRules& rules, Profile& profile) {
  if (!Allows(rules, profile, Purpose::kPersonalization)) return;
  Count(event, profile.activity[static_cast<std::size_t>(event.kind)]);
  if (!event.item.empty()) Insert(event, sequence, rules.max_events, profile.events);
}

void Take(const ConsentChange& change, const ProfileRules& rules, Profile& profile) {
  if (profile.consent && change.consent.time < profile.consent->time) return;
  profile.consent = change.consent;
  if (Allows(rules, profile, Purpose::kPersonalization)) return;
  profile.events.clear();
  profile.activity = {};
}

void Add(const Activity& other, Activity& activity) {
  if (other.events == 0) return;
  activity.first = activity.events == 0 ? other.first : std::min(activity.first, other.first);
  activity.last = activity.events == 0 ? other.last : std::max(activity.last, other.last);
  activity.events += other.events;
}

// The latest of both.
std::vector<ItemEvent> Latest(const std::vector<ItemEvent>& one, const std::vector<ItemEvent>& other,
                              std::size_t most) {
  std::vector<ItemEvent> events;
  std::ranges::merge(one, other, std::back_inserter(events), {}, PlaceOf, PlaceOf);
  if (events.size() > most) events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(most));
  return events;
}

ItemEvent ReadItemEvent(ByteReader& reader) {
  ItemEvent event;
  event.item = reader.Text();
  event.kind = static_cast<EventKind>(reader.Number());
  event.time = reader.Signed();
  event.sequence = reader.Number();
  return event;
}

}  // namespace

bool Allows(const ProfileRules& rules, const Profile& profile, Purpose purpose) {
  if (rules.consent == ConsentRule::kIgnored) return true;
  return profile.consent && profile.consent->Allows(purpose);
}

void Apply(const Entry& entry, std::uint64_t sequence, const ProfileRules& rules, Profile& profile) {
  if (const auto* event = std::get_if<Event>(&entry)) Take(*event, sequence, rules, profile);
  if (const auto* change = std::get_if<ConsentChange>(&entry)) Take(*change, rules, profile);
  if (std::holds_alternative<Erasure>(entry)) profile = {};
}

void Apply(const Identification& identification, const ProfileRules& rules, Profile& visitor, Profile& user) {
  if (!user.consent) user.consent = identification.consent;
  if (Allows(rules, user, Purpose::kPersonalization)) {
    user.events = Latest(user.events, visitor.events, rules.max_events);
    for (std::size_t kind = 0; kind < user.activity.size(); ++kind) Add(visitor.activity[kind], user.activity[kind]);
  }
  user.visitors.push_back(identification.visitor);
  user.visitors.insert(user.visitors.end(), visitor.visitors.begin(), visitor.visitors.end());
  visitor = {};
  visitor.known_as = identification.user;
}

std::string ToBytes(const Profile& profile) {
  ByteWriter writer;
  writer.Number(profile.events.size());
  for (const ItemEvent& event : profile.events) {
    writer.Text(event.item);
    writer.Number(static_cast<std::uint64_t>(event.kind));
    writer.Signed(event.time);
    writer.Number(event.sequence);
  }
  for (const Activity& activity : profile.activity) {
    writer.Number(activity.events);
    writer.Signed(activity.first);
    writer.Signed(activity.last);
  }
  writer.Number(profile.consent ? 1 : 0);
  if (profile.consent) Write(*profile.consent, writer);
  writer.Number(profile.visitors.size());
  for (const std::string& visitor : profile.visitors) writer.Text(visitor);
  writer.Text(profile.known_as);
  return writer.bytes();
}

Profile ProfileFrom(std::string_view bytes) {
  ByteReader reader(bytes);
  Profile profile;
  for (std::uint64_t left = reader.Number(); left > 0; --left) profile.events.push_back(ReadItemEvent(reader));
  for (Activity& activity : profile.activity) {
    activity.events = reader.Number();
    activity.first = reader.Signed();
    activity.last = reader.Signed();
  }
  if (reader.Number() != 0) profile.consent = ReadConsent(reader);
  if (reader.at_end()) return profile;  // of a server that knew no visitors
  for (std::uint64_t left = reader.Number(); left > 0; --left) profile.visitors.emplace_back(reader.Text());
  profile.known_as = reader.Text();
  return profile;
}

}  // namespace shortlist::profile
