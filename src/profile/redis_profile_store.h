// The store of several servers: a Redis that they share.
#pragma once

#include <string>

#include "profile/profile_store.h"
#include "profile/redis_connections.h"

namespace shortlist::profile {

// Of one server among those with the same key prefix.
//
// A commit is one script, which Redis runs whole and alone. It writes only if every profile is still that which was
// read (by its version, 128 random bits of the commit that wrote it), if no event has been recorded by any server, and
// if this server's last commit is the one that the changes follow. So two servers never lose each other's updates, an
// event counts once whichever servers it is sent to, and a commit whose answer was lost may be sent again. Ids of
// events and erasures expire in Redis. Announcements are a sorted set there; the place of one is the time in
// microseconds, or the next number where another has that or a later one.
//
// What Redis loses, its servers see by `applied`, and apply again from their logs as far as these reach.
class RedisProfileStore final : public ProfileStore {
 public:
  // `server` is unique among the servers and stays with the server's log; `key` tells whether they name shoppers by the
  // same key. Throws Error{kUnavailable} if Redis cannot be used, and Error{kFailedPrecondition} if it evicts keys, or
  // if what it has is named by another key.
  RedisProfileStore(const EventStoreSettings& settings, std::string server, const std::string& key, StoreMemory memory);

  std::optional<Profile> Find(std::string_view shopper) const override;
  std::vector<StoredProfile> Read(std::span<const std::string> shoppers) const override;
  void ForEachShopper(std::size_t most, const VisitShoppers& visit) const override;
  std::vector<Recorder> RecordersOf(std::span<const std::string> event_ids) const override;
  std::optional<std::int64_t> ErasedAt(std::string_view erased) const override;
  Announcements AnnouncedAfter(std::uint64_t place) const override;
  std::uint64_t applied() const override;
  bool shared() const override { return true; }

  Committed Commit(const StoreChanges& changes) override;
  // Redis flushes its append-only file by itself, every second or at every write; this returns when it must have. Of a
  // Redis that keeps no such file nothing can be awaited.
  void Sync() override;
  // Has Redis write its files anew, as far as it lets this user.
  void Scrub() override;

 private:
  std::string KeyOf(std::string_view kind, std::string_view name) const;
  void RequireKeepsKeys() const;
  void RequireSameKey(const std::string& key) const;
  std::string InfoField(const std::string& section, const std::string& field) const;
  // The value of a directive; nothing if this user may not ask.
  std::optional<std::string> Directive(const std::string& name) const;
  // Has Redis do work of its own on its files, and waits for its end.
  void Rewrite(const std::string& command) const;
  void AwaitFiles() const;

  const EventStoreSettings settings_;
  const std::string server_;
  const StoreMemory memory_;
  mutable RedisConnections redis_;
};

}  // namespace shortlist::profile
