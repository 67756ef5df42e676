// Files of events without their texts.
#pragma once

#include <filesystem>
#include <vector>

#include "data/event.h"
#include "data/record_file.h"

namespace shortlist::data {

struct TestEvent {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::int64_t time = 0;
  Origin origin = Origin::kEvents;
};

inline EventHeader MakeHeader(const TestEvent& event, std::uint64_t sequence) {
  return {event.user, event.item, event.time, sequence, 1, event.origin};
}

inline std::filesystem::path WriteEvents(const std::filesystem::path& path, const std::vector<TestEvent>& events) {
  RecordWriter writer(path, sizeof(EventHeader), 1 << 10);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const EventHeader header = MakeHeader(events[i], i);
    writer.Append(reinterpret_cast<const std::byte*>(&header));
  }
  writer.Close();
  return path;
}

}  // namespace shortlist::data
