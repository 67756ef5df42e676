// The next version of a bundle, with changes of the catalog that were made since as part of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "index/bundle.h"
#include "index/recall_gate.h"

namespace shortlist::serve {

struct CompactionPlan {
  std::filesystem::path bundle;
  std::filesystem::path log;     // of changes; a server may be writing it
  std::filesystem::path result;  // may be the bundle itself, which stays whole until the new one is
  std::int64_t threads = 0;      // that build the index; 0 for one per core
  index::RecallGate gate = index::RecallGate::kEnforce;
};

// Merges what the log says and the bundle does not have yet. The index is built anew, of the kind and with the
// parameters that the bundle has: without withdrawn items, and with new ones where the item tower places them. A server
// answers with the new version and the changes that come later what it answers with the old one and all changes;
// shoppers' vectors and what histories mean stay as they are. Returns nothing, and writes nothing, if there is nothing
// to merge. Throws what Bundle::Open, ReadCatalogLog and WriteBundle throw.
std::optional<index::IndexReport> Compact(const CompactionPlan& plan);

}  // namespace shortlist::serve
