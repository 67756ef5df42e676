// How long what shoppers did is kept, by the kind of event.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "profile/profile.h"
#include "shortlist/settings/serve_events.h"

namespace shortlist::profile {

class Retention {
 public:
  explicit Retention(const RetentionSettings& settings);

  // Whether events of any kind are removed at all.
  bool has_limits() const;
  // Whether an event of this kind and time, in Unix seconds, is not to be kept any more.
  bool IsOver(EventKind kind, std::int64_t time, std::int64_t now) const;
  // Takes out of a profile what is not to be kept. Counters are those of the events that are left; of events that the
  // profile has in its counters alone, it takes a share as if they had come evenly in time. Returns how many events
  // it took out.
  std::size_t Remove(Profile& profile, std::int64_t now) const;

 private:
  std::array<std::int64_t, EnumNames<EventKind>::kNames.size()> seconds_;  // by EventKind; 0: kept
};

}  // namespace shortlist::profile
