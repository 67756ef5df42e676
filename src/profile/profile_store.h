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
  std::map<std::string, Profile, std::less<>> profiles;         // by shopper; one like a stranger's is not stored
  std::vector<std::pair<std::string, std::int64_t>> event_ids;  // with the time at which each was received
  std::vector<std::pair<std::string, std::int64_t>> erased;     // the same of erasures (KeyedIds::OfErased)
  std::uint64_t applied = 0;                                    // sequence of the last entry
};

// How long is remembered, at the least, what was received.
struct StoreMemory {
  std::int64_t event_id_seconds = 0;
  std::int64_t erasure_seconds = 0;
};

// One process at a time. Thread-safe.
class ProfileStore {
 public:
  // Opens the store, or makes it. Throws Error{kUnavailable} if it cannot be opened, also if another process has it
  // open.
  ProfileStore(const std::filesystem::path& directory, StoreMemory memory);
  ~ProfileStore();
  ProfileStore(const ProfileStore&) = delete;
  ProfileStore& operator=(const ProfileStore&) = delete;

  // All throw Error{kUnavailable} if the disk fails and Error{kDataLoss} if it gives something else than was stored.

  std::optional<Profile> Find(std::string_view shopper) const;
  // When an event of this id was received, if that is remembered.
  std::optional<std::int64_t> ReceivedAt(std::string_view event_id) const;
  // The same of an erasure.
  std::optional<std::int64_t> ErasedAt(std::string_view erased) const;
  // Sequence of the last entry of the log that was committed; 0 before the first.
  std::uint64_t applied() const;

  // All of the changes or none. They outlive the process at once, and the machine after Sync.
  void Commit(const StoreChanges& changes);
  void Sync();
  // Sync, and nothing of what was deleted or replaced stays on disk, in whatever file. Takes as long as the store is
  // large.
  void Scrub();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::profile
