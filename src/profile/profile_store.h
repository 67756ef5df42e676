// The profiles of all shoppers, the ids of the events that they rest on, and who was erased.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/profile.h"

namespace shortlist::profile {

// A profile as it was read; that of a stranger where there is none.
struct StoredProfile {
  Profile profile = {};
  std::string version = {};  // another after each write; empty in a store of one server, and for strangers
};

// What some entries of the log change, and what that rests on.
struct StoreChanges {
  // By shopper, what is to be with the version of what was read. A profile like a stranger's is not stored.
  std::map<std::string, StoredProfile, std::less<>> profiles = {};
  std::vector<std::pair<std::string, std::int64_t>> event_ids = {};  // with the time at which each was received
  std::vector<std::pair<std::string, std::int64_t>> erased = {};     // the same of erasures (KeyedIds::OfErased)
  std::uint64_t follows = 0;  // sequence of the last entry of the log that was committed before
  std::uint64_t applied = 0;  // and of the last one of these; the same where they are of no entry
  // What other servers are to hear of these entries, sealed, by the sequence of each.
  std::vector<std::pair<std::uint64_t, std::string>> announced = {};
};

// What a server announced with a commit.
struct Announcement {
  Origin origin;
  std::string sealed;
};

struct Announcements {
  std::vector<Announcement> of_others;  // in the order of their commits
  std::uint64_t place = 0;              // up to which all were read
};

// What became of changes. Nothing of them is written unless they are done.
enum class Committed {
  kDone,       // also if they were before, and that was not known
  kOvertaken,  // another server changed a profile or recorded an event after they were made: make them anew
  kBehind,     // the store is not where they follow: it lacks entries of the log before them
};

// Whose log has the event that counts.
enum class Recorder { kNobody, kThisServer, kOtherServer };

// How long is remembered, at the least, what was received.
struct StoreMemory {
  std::int64_t event_id_seconds = 0;
  std::int64_t erasure_seconds = 0;
};

// Of one server (RocksProfileStore) or of several (RedisProfileStore). What was committed on one server is what the
// next call on any reads; nothing is cached above. Thread-safe.
class ProfileStore {
 public:
  virtual ~ProfileStore() = default;
  ProfileStore(const ProfileStore&) = delete;
  ProfileStore& operator=(const ProfileStore&) = delete;

  // All throw Error{kUnavailable} if the store cannot be reached or fails, and Error{kDataLoss} if it gives something
  // else than was stored.

  virtual std::optional<Profile> Find(std::string_view shopper) const = 0;
  // Of each shopper, in one turn.
  virtual std::vector<StoredProfile> Read(std::span<const std::string> shoppers) const = 0;
  // Visits the names of all who have a profile, up to `most` at a time, none of them twice at a time. Of those who come
  // or go meanwhile it may leave out any. What is visited may be changed.
  using VisitShoppers = std::function<void(std::span<const std::string> shoppers)>;
  virtual void ForEachShopper(std::size_t most, const VisitShoppers& visit) const = 0;
  // Of each event, in one turn.
  virtual std::vector<Recorder> RecordersOf(std::span<const std::string> event_ids) const = 0;
  // When the erasure was received, if it is remembered.
  virtual std::optional<std::int64_t> ErasedAt(std::string_view erased) const = 0;
  // What other servers announced after a place, a part of it at a time; the same place where there is nothing after it.
  // Places rise from 0. What was announced longer ago than erasures are remembered may be missing.
  virtual Announcements AnnouncedAfter(std::uint64_t place) const = 0;
  // Sequence of the last entry of this server's log that was committed; 0 before the first.
  virtual std::uint64_t applied() const = 0;
  // Whether other servers write to it, so that what they did may come between an entry of the log and its changes.
  virtual bool shared() const = 0;

  // All of the changes or none. They outlive this process at once, and the machine that keeps them after Sync. If this
  // throws, it is not known whether they are done; `applied` tells.
  virtual Committed Commit(const StoreChanges& changes) = 0;
  virtual void Sync() = 0;
  // Sync, and what was deleted or replaced leaves the disk. Takes as long as the store is large.
  virtual void Scrub() = 0;

 protected:
  ProfileStore() = default;
};

}  // namespace shortlist::profile
