#include "data/core.h"

#include <algorithm>

#include "data/record_file.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kBuffer = 1 << 20;

// Counts the events whose user and item `kept` keeps.
Core CountKept(const std::filesystem::path& records, const EventSchema& schema, const Core& kept) {
  Core counted{std::vector<std::int64_t>(kept.user_events.size(), 0),
               std::vector<std::int64_t>(kept.item_events.size(), 0), 0};
  RecordReader reader(records, schema.RecordBytes(), kBuffer);
  while (const std::byte* record = reader.Next()) {
    const EventHeader event = HeaderOf(record);
    if (!kept.Keeps(event)) continue;
    ++counted.user_events[event.user];
    ++counted.item_events[event.item];
    ++counted.events;
  }
  return counted;
}

// True if any id that had events falls below the threshold.
bool DropBelow(std::int64_t threshold, std::vector<std::int64_t>& events) {
  bool dropped = false;
  for (std::int64_t& count : events) {
    if (count == 0 || count >= threshold) continue;
    count = 0;
    dropped = true;
  }
  return dropped;
}

}  // namespace

Core FindCore(const std::filesystem::path& records, const EventSchema& schema, std::size_t users, std::size_t items,
              CoreThresholds thresholds) {
  Core core{std::vector<std::int64_t>(users, 1), std::vector<std::int64_t>(items, 1), 0};
  bool dropped = true;
  while (dropped) {
    core = CountKept(records, schema, core);
    const bool users_dropped = DropBelow(thresholds.user, core.user_events);
    dropped = DropBelow(thresholds.item, core.item_events) || users_dropped;
  }
  return core;
}

}  // namespace shortlist::data
