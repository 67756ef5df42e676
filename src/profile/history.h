// What is known of a shopper now: the events that were stored and those that came with the request, as one history.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shortlist::profile {

// Events by item number, in the order in which they happened; times is as long as items.
struct Events {
  std::span<const std::int32_t> items;
  std::span<const std::int64_t> times;
};

enum class TimeKind {
  kUnixSeconds,
  kOrderNumbers,  // data without times: an event's time is its number, counted from 0
};

// Oldest event first.
struct History {
  std::vector<std::int32_t> items;
  std::vector<std::int64_t> times;  // as long as items
  std::int64_t now = 0;             // the time of the request, in the same kind of time

  // Whether there is anything to personalize an answer by.
  bool known() const { return !items.empty(); }
};

// Merges by time. Events of equal time keep their order, stored ones first; recent events later than `now` count as
// happening now. With order numbers the recent events follow the stored ones, all are numbered anew, and now becomes
// the number of the next event.
History Merge(Events stored, Events recent, std::int64_t now, TimeKind kind);

}  // namespace shortlist::profile
