#include "data/first_of_group.h"

#include <chrono>

namespace shortlist::data {

bool FirstOfGroup::IsFirst(const EventHeader& event) {
  Group group{event.user, 0};
  if (by_ == Deduplication::kUserItemDay) {
    const std::chrono::sys_seconds time{std::chrono::seconds(event.time)};
    group.day = std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
  }
  Group& last = last_[event.item];
  if (by_ != Deduplication::kNone && last == group) return false;
  last = group;
  return true;
}

}  // namespace shortlist::data
