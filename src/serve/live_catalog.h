// The catalog as it changes while a server runs: writes changes down, and has every version that is loaded follow them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "serve/catalog_change.h"
#include "serve/catalog_log.h"
#include "serve/snapshot.h"
#include "shortlist/settings/serve_catalog.h"

namespace shortlist::serve {

// Of the changes that are not part of the version that was attached last, by what they are for it.
struct CatalogCounts {
  std::int64_t changes = 0;
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t withdrawn = 0;
};

// Thread-safe. Changes hold for versions that come later, too: an item is what the last change of it says until a
// further one says something else, whatever the versions hold. A version that changes have been merged into
// (compaction.h) follows those that came after them.
class LiveCatalog {
 public:
  // Reads the log that the settings name. Throws what CatalogLog throws.
  explicit LiveCatalog(LiveCatalogSettings settings);

  // Makes the version follow the changes from now on, until it is freed. Call it before the version takes traffic.
  void Attach(const std::shared_ptr<const ServingSnapshot>& snapshot);

  // When they return, the changes are on disk and every request that begins sees them. Throw Error{kInvalidArgument}
  // for wrong items, Error{kFailedPrecondition} without a log or a place for a new item, Error{kResourceExhausted} for
  // more changes than the settings let be, and Error{kUnavailable} if the log cannot be written; then nothing has
  // changed.
  void Upsert(std::vector<CatalogItem> items);
  void Withdraw(std::span<const std::string> ids);

  CatalogCounts counts() const;

 private:
  void Apply(std::vector<CatalogChange> changes);
  CatalogChanges ChangesFor(const ServingSnapshot& snapshot, const CatalogChanges& changes) const;
  void RequirePlaces(const std::vector<CatalogChange>& changes) const;
  void RequireRoom(const CatalogChanges& next) const;

  const LiveCatalogSettings settings_;
  mutable std::mutex mutex_;
  std::optional<CatalogLog> log_;
  CatalogChanges changes_;
  std::vector<std::weak_ptr<const ServingSnapshot>> followers_;
};

}  // namespace shortlist::serve
