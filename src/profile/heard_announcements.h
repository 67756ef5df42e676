// What a server has heard of the others that share its store, in a file of its folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "profile/event.h"

namespace shortlist::profile {

// An announcement that was heard is an entry of the log; the file remembers it when the entry is gone or cannot be read
// any more, so it is saved before that. Announcements are numbered twice: by their places in the store, which a store
// that lost something gives anew, and by the sequences of the logs that they come from, which tell those that were
// heard. docs/formats.md describes the bytes. Not thread-safe.
class HeardAnnouncements {
 public:
  // Reads the file, which need not be there. Throws Error{kDataLoss} if it is something else.
  explicit HeardAnnouncements(std::filesystem::path path);

  // Whether there was no file.
  bool is_new() const { return saved_at_ == 0; }
  // When the file was last known to have all, in Unix seconds; 0 without a file.
  std::int64_t saved_at() const { return saved_at_; }
  // Up to which the announcements of the store were heard.
  std::uint64_t place() const { return place_; }
  bool Has(const Origin& origin) const;

  void Add(const Origin& origin);
  void MoveTo(std::uint64_t place) { place_ = place; }
  // Returns when the file has all that was added before. Throws Error{kUnavailable} if the disk fails; then do it
  // again.
  void Save(std::int64_t now);

 private:
  void Read();

  const std::filesystem::path path_;
  std::map<std::string, std::uint64_t, std::less<>> heard_;  // by server, its last sequence
  std::uint64_t place_ = 0;
  std::int64_t saved_at_ = 0;
  bool changed_ = false;
};

}  // namespace shortlist::profile
