// The log of everything that was recorded: a folder of segments that only grow. docs/formats.md describes the bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/append_file.h"
#include "profile/event.h"

namespace shortlist::profile {

struct LoggedEntry {
  std::uint64_t sequence = 0;  // place in the log, from 1, without gaps
  std::int64_t received = 0;   // Unix seconds
  Entry entry;
};

// A file of the log that will not grow any more.
struct ClosedSegment {
  std::filesystem::path path;
  std::uint64_t first = 0;  // sequence of its first entry
  std::uint64_t last = 0;
};

// One process at a time. Append and CloseSegment are called by one thread at a time, the others by any.
class EventLog {
 public:
  // Opens the log, or makes it with `next` as its first sequence. Entries at the end of the last segment that were
  // never acknowledged and are not whole are removed. Throws Error{kDataLoss} naming the file for damage elsewhere,
  // Error{kFailedPrecondition} if another process has the log open, and Error{kUnavailable} if it cannot be written.
  explicit EventLog(std::filesystem::path directory, std::uint64_t next = 1);

  // Of the entries that are not removed, or of the next one.
  std::uint64_t first_sequence() const;
  std::uint64_t last_sequence() const { return next_ - 1; }
  // Of the segment that grows.
  std::uint64_t segment_bytes() const { return active_->size(); }
  bool segment_is_empty() const { return next_ == segments_.back().first; }

  // Returns when all entries are on disk, in one write, the first of them with the sequence after the last. Throws
  // Error{kUnavailable} if they cannot be; then none of them is in the log.
  void Append(std::span<const Entry> entries, std::int64_t received);
  // Begins a new segment, unless the present one is empty.
  void CloseSegment();

  std::vector<ClosedSegment> ClosedSegments() const;
  // Removes a closed segment. Throws Error{kUnavailable}.
  void Remove(const ClosedSegment& segment);

  using Visit = std::function<void(const LoggedEntry&)>;
  // Visits the entries of the log from a sequence on, in order. Throws Error{kDataLoss} naming the file for damage. Not
  // while entries are appended.
  void Replay(std::uint64_t from, const Visit& visit) const;
  static void ReadSegment(const ClosedSegment& segment, const Visit& visit);

 private:
  void OpenSegment(std::uint64_t first);
  // Opens the last segment for what follows.
  void Recover();

  struct Segment {
    std::filesystem::path path;
    std::uint64_t first = 0;
  };

  std::filesystem::path directory_;
  mutable std::mutex mutex_;       // of segments_
  std::vector<Segment> segments_;  // the last one grows
  std::optional<base::AppendFile> active_;
  std::uint64_t next_ = 1;
};

}  // namespace shortlist::profile
