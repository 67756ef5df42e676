// The folder that the log becomes, for `prepare` to read: events/ and consents/, a file of each for every segment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

#include "base/exclusive_directory.h"
#include "profile/event_log.h"

namespace shortlist::profile {

// Writes events as a file that `prepare` reads; under its name it is whole or absent.
using WriteEvents = std::function<void(const std::filesystem::path& file, std::span<const Event> events)>;

// One process at a time. Not thread-safe.
class EventLake {
 public:
  // Throws what base::ExclusiveDirectory throws.
  EventLake(const std::filesystem::path& directory, WriteEvents write_events);

  // Events into events/<first>.parquet, consents into consents/<first>.jsonl, so that the order of names is that of
  // time. A segment that is written again replaces its files, also by none if no event is left. Throws
  // Error{kUnavailable} if the disk fails.
  void Write(std::uint64_t first_sequence, std::span<const LoggedEntry> entries) const;

 private:
  base::ExclusiveDirectory events_;
  base::ExclusiveDirectory consents_;
  WriteEvents write_events_;
};

}  // namespace shortlist::profile
