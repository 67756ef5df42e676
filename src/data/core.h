// The k-core of the events: what remains when users and items with too few events are dropped until none is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "data/event.h"

namespace shortlist::data {

struct CoreThresholds {
  std::int64_t user = 0;
  std::int64_t item = 0;
};

// Events that remain of each user and item; an id with none is dropped. An event remains if its user and item do.
struct Core {
  std::vector<std::int64_t> user_events;
  std::vector<std::int64_t> item_events;
  std::int64_t events = 0;

  bool Keeps(const EventHeader& event) const { return user_events[event.user] > 0 && item_events[event.item] > 0; }
};

// Streams the file of records once per round. The result does not depend on the order of dropping (Seidman 1983).
Core FindCore(const std::filesystem::path& records, const EventSchema& schema, std::size_t users, std::size_t items,
              CoreThresholds thresholds);

}  // namespace shortlist::data
