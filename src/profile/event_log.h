// The log of everything that was recorded: a folder of segments that only grow, and another one of the keys that their
// entries are sealed with. docs/formats.md describes the bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/append_file.h"
#include "base/exclusive_directory.h"
#include "base/secret_key.h"
#include "profile/event.h"
#include "profile/key_file.h"

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

// A key that seals entries of a shopper who was erased.
struct RetiredKey {
  std::uint64_t segment = 0;  // by its first sequence
  std::uint64_t number = 0;   // in the segment's file of keys
  std::string shopper;

  friend bool operator==(const RetiredKey&, const RetiredKey&) = default;
};

// Entries are sealed with a key that their shopper alone has in their segment. One process at a time. Append,
// CloseSegment, retired_keys and DestroyKeys are called by one thread at a time, the others by any.
class EventLog {
 public:
  // Opens log/ and keys/ of the folder, or makes the log with `next` as its first sequence. Keys are of no use without
  // `secret`, the same at each opening. Entries at the end of the last segment that were never acknowledged and are not
  // whole are removed. Throws Error{kDataLoss} naming the file for damage elsewhere, Error{kFailedPrecondition} if
  // another process has the log open, and Error{kUnavailable} if it cannot be written.
  EventLog(const std::filesystem::path& folder, base::SecretKey secret, std::uint64_t next = 1);

  // Of the entries that are not removed, or of the next one.
  std::uint64_t first_sequence() const;
  std::uint64_t last_sequence() const { return next_ - 1; }
  // Of the segment that grows.
  std::uint64_t segment_bytes() const { return active_->size(); }
  bool segment_is_empty() const { return next_ == segments_.back().first; }

  // Returns when all entries are on disk, in one write, the first of them with the sequence after the last. An erasure
  // retires the keys of its shoppers: what follows of them has others. Throws Error{kUnavailable} if the entries cannot
  // be written; then none of them is in the log.
  void Append(std::span<const Entry> entries, std::int64_t received);
  // Of shoppers whose erasure the log has, and whose entries can be read still.
  const std::vector<RetiredKey>& retired_keys() const { return retired_; }
  // Returns when what is sealed with these of the retired keys can never be read again, from whatever copy of the log.
  // Throws Error{kUnavailable} if the disk fails; they stay retired then.
  void DestroyKeys(const std::vector<RetiredKey>& keys);
  // Whether each entry is sealed: none is of a log that was written before there were keys and waits for its removal.
  bool all_sealed() const;
  // Begins a new segment, unless the present one is empty.
  void CloseSegment();

  std::vector<ClosedSegment> ClosedSegments() const;
  // Removes a closed segment. Throws Error{kUnavailable}.
  void Remove(const ClosedSegment& segment);

  using Visit = std::function<void(const LoggedEntry&)>;
  // Visits the entries of the log from a sequence on, in order, but for those whose keys were destroyed. Throws
  // Error{kDataLoss} naming the file for damage. Not while entries are appended.
  void Replay(std::uint64_t from, const Visit& visit) const;
  void ReadSegment(const ClosedSegment& segment, const Visit& visit) const;

 private:
  struct Segment {
    std::filesystem::path path;
    std::uint64_t first = 0;
    std::shared_ptr<KeyFile> keys = {};
    bool sealed = true;
    std::unordered_map<std::string, std::uint64_t> key_numbers = {};  // by shopper, of keys that are not retired
  };

  Segment SegmentOf(std::uint64_t first) const;
  void OpenSegment(std::uint64_t first);
  // Opens the last segment for what follows.
  void Recover();
  // Of a segment's entries, from its start to that of the next one or the last whole block. Returns where that ends.
  std::size_t LearnKeys(Segment& segment, std::string_view contents, std::uint64_t& next);
  void RemoveKeysWithoutSegment() const;
  std::string SealedBlock(std::span<const Entry> entries, std::int64_t received);
  std::uint64_t KeyNumberFor(const Entry& entry);
  void Retire(const std::string& shopper);
  void TakeBackRetired(std::size_t left);
  std::shared_ptr<KeyFile> KeysOf(std::uint64_t segment) const;

  const base::ExclusiveDirectory keys_directory_;
  const std::filesystem::path directory_;
  const base::SecretKey secret_;
  mutable std::mutex mutex_;       // of segments_
  std::vector<Segment> segments_;  // the last one grows
  std::optional<base::AppendFile> active_;
  std::uint64_t next_ = 1;
  std::vector<RetiredKey> retired_;
};

}  // namespace shortlist::profile
