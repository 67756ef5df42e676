// The profiles of all shoppers on disk, and the ids of the events that they rest on. RocksDB behind it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/profile.h"

namespace shortlist::profile {

// What some entries of the log have changed.
struct StoreChanges {
  std::map<std::string, Profile, std::less<>> profiles;         // by shopper
  std::vector<std::pair<std::string, std::int64_t>> event_ids;  // with the time at which each was received
  std::uint64_t applied = 0;                                    // sequence of the last entry
};

// One process at a time. Thread-safe.
class ProfileStore {
 public:
  // Opens the store, or makes it. Ids of events are forgotten some time after `keep_ids_seconds`. Throws
  // Error{kUnavailable} if it cannot be opened, also if another process has it open.
  ProfileStore(const std::filesystem::path& directory, std::int64_t keep_ids_seconds);
  ~ProfileStore();
  ProfileStore(const ProfileStore&) = delete;
  ProfileStore& operator=(const ProfileStore&) = delete;

  // All throw Error{kUnavailable} if the disk fails and Error{kDataLoss} if it gives something else than was stored.

  std::optional<Profile> Find(std::string_view shopper) const;
  // When an event of this id was received, if that is remembered.
  std::optional<std::int64_t> ReceivedAt(std::string_view event_id) const;
  // Sequence of the last entry of the log that was committed; 0 before the first.
  std::uint64_t applied() const;

  // All of the changes or none. They outlive the process at once, and the machine after Sync.
  void Commit(const StoreChanges& changes);
  void Sync();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::profile
