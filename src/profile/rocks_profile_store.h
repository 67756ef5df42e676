// The store of one server: RocksDB in a folder.
#pragma once

#include <filesystem>
#include <memory>

#include "profile/profile_store.h"

namespace shortlist::profile {

// One process at a time.
class RocksProfileStore final : public ProfileStore {
 public:
  // Opens the store, or makes it. Throws Error{kUnavailable} if it cannot be opened, also if another process has it
  // open.
  RocksProfileStore(const std::filesystem::path& directory, StoreMemory memory);
  ~RocksProfileStore() override;

  std::optional<Profile> Find(std::string_view shopper) const override;
  std::vector<StoredProfile> Read(std::span<const std::string> shoppers) const override;
  void ForEachShopper(std::size_t most, const VisitShoppers& visit) const override;
  std::vector<Recorder> RecordersOf(std::span<const std::string> event_ids) const override;
  std::optional<std::int64_t> ErasedAt(std::string_view erased) const override;
  // There is nobody else.
  Announcements AnnouncedAfter(std::uint64_t place) const override;
  std::uint64_t applied() const override;
  bool shared() const override { return false; }

  // By one thread at a time. Never overtaken.
  Committed Commit(const StoreChanges& changes) override;
  void Sync() override;
  // In whatever file.
  void Scrub() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::profile
