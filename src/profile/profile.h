// What is known of one shopper from the log: a fold over its entries, so that a replay of the log makes the same.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profile/event.h"

namespace shortlist::profile {

// An event of an item.
struct ItemEvent {
  std::string item;
  EventKind kind = EventKind::kView;
  std::int64_t time = 0;       // Unix seconds
  std::uint64_t sequence = 0;  // of its entry in the log

  friend bool operator==(const ItemEvent&, const ItemEvent&) = default;
};

// Of one kind, over all events, also those that are forgotten. The mean interval is (last - first) / (events - 1).
struct Activity {
  std::uint64_t events = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;

  friend bool operator==(const Activity&, const Activity&) = default;
};

struct Profile {
  std::vector<ItemEvent> events;  // by time, those of equal time by their place in the log; the latest last
  std::array<Activity, EnumNames<EventKind>::kNames.size()> activity;  // by EventKind
  std::optional<Consent> consent;
  std::vector<std::string> visitors;  // who turned out to be this shopper
  std::string known_as;               // of a visitor, whom that was; all else is there

  friend bool operator==(const Profile&, const Profile&) = default;
};

struct ProfileRules {
  std::size_t max_events = 200;
  ConsentRule consent = ConsentRule::kIgnored;
};

// Whether the rules let a shopper's data serve the purpose. Without a consent that was given, nothing is allowed where
// one is required.
bool Allows(const ProfileRules& rules, const Profile& profile, Purpose purpose);

// Adds an entry of this shopper, which is no identification. A late event takes its place by its time; of more than
// max_events the latest stay, so the outcome does not depend on the order in which events of different times come. What
// personalization is not allowed for is neither taken in nor kept. After an erasure a profile is as that of a stranger.
void Apply(const Entry& entry, std::uint64_t sequence, const ProfileRules& rules, Profile& profile);

// Moves what is known of a visitor into the profile of the shopper whom the visitor turned out to be, as if the shopper
// had done it. The shopper's consent holds, and that of the identification if there is none. What personalization is
// not allowed for is not moved.
void Apply(const Identification& identification, const ProfileRules& rules, Profile& visitor, Profile& user);

std::string ToBytes(const Profile& profile);
// Throws Error{kDataLoss} for bytes that ToBytes did not make.
Profile ProfileFrom(std::string_view bytes);

}  // namespace shortlist::profile
