// The folder that the log becomes, for `prepare` to read: events/ and consents/, a file of each for every segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/exclusive_directory.h"
#include "profile/event_log.h"
#include "profile/retention.h"
#include "profile/row_owners.h"

namespace shortlist::profile {

// Files of events, as `prepare` reads them.
struct EventFiles {
  // Under its name a file is whole or absent.
  std::function<void(const std::filesystem::path& file, std::span<const Event> events)> write;
  // All events of a file that was written so.
  std::function<std::vector<Event>(const std::filesystem::path& file)> read;
  // Their shoppers, which takes less.
  std::function<std::set<std::string>(const std::filesystem::path& file)> read_shoppers;
  // When the oldest event of each kind was, which takes less, too.
  std::function<std::map<EventKind, std::int64_t>(const std::filesystem::path& file)> read_oldest;
};

// Of one shopper, in the order of the log.
struct LakeEntries {
  std::vector<Event> events;
  std::vector<ConsentChange> consents;
};

// One process at a time. Not thread-safe.
class EventLake {
 public:
  // Throws what base::ExclusiveDirectory throws.
  EventLake(const std::filesystem::path& directory, EventFiles files);

  // Events into events/<first>.parquet, consents into consents/<first>.jsonl, so that the order of names is that of
  // time. A segment that is written again replaces its files, also by none if nothing is left. Throws
  // Error{kUnavailable} if the disk fails, as do the others.
  void Write(std::uint64_t first_sequence, std::span<const LoggedEntry> entries) const;
  // Gives rows of all files to whose they are now, in all stages one after the other, for the segment of this number.
  // Whoever is not sure that it came to its end does it again, before anything for another segment. Consents of
  // those whose rows are another's are removed. `give_others` does the same, in each stage, with rows that are
  // elsewhere.
  void GiveRows(std::uint64_t first_sequence, std::span<const RowOwners> stages,
                const std::function<void(const RowOwners&)>& give_others) const;
  // Takes events out of all files that are older than their kind is kept. Returns how many.
  std::size_t Remove(const Retention& retention, std::int64_t now) const;
  LakeEntries Read(std::string_view shopper) const;

 private:
  void WriteEvents(const std::filesystem::path& file, std::span<const Event> events) const;
  void GiveRows(const RowOwners& owners) const;
  // How many stages for this segment a process has done that may have been killed then.
  std::size_t StagesDone(std::uint64_t first_sequence) const;

  base::ExclusiveDirectory events_;
  base::ExclusiveDirectory consents_;
  EventFiles files_;
  std::filesystem::path progress_;  // has a segment and its stages that are done, where there are several
};

}  // namespace shortlist::profile
