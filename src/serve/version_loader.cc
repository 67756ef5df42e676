#include "serve/version_loader.h"

#include <algorithm>
#include <string>

#include "base/manifest.h"
#include "base/memory.h"
#include "index/bundle_files.h"
#include "index/bundle_manifest.h"
#include "serve/retrieval.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

// Files are held as they are; what rounding up of allocations adds to them.
constexpr double kMemoryPerFileByte = 1.1;

// An item or shopper's entry in the table of ids (a node and its bucket), and the pointer to the vector.
constexpr std::uint64_t kMemoryPerRow = 96;

// For loading and answering, whatever the bundle's size.
constexpr std::uint64_t kReserve = 16 * kMebibyte;

constexpr std::int32_t kWarmingRequests = 64;

std::uint64_t Room(std::uint64_t memory_limit) {
  const std::uint64_t available = base::AvailableMemory();
  if (memory_limit == 0) return available;
  return std::min(available, memory_limit - std::min(memory_limit, base::OwnMemory()));
}

void RequireRoom(std::uint64_t needed, std::uint64_t room) {
  if (needed <= room) return;
  throw Error(Code::kResourceExhausted, "it needs about " + std::to_string(needed / kMebibyte + 1) +
                                            " MiB beside what is served and " + std::to_string(room / kMebibyte) +
                                            " MiB are left; raise the container's memory limit, or "
                                            "serve.versions.memory_mib if that is set");
}

void WarmUp(const std::shared_ptr<const ServingSnapshot>& snapshot) {
  RetrievalService retrieval({}, {snapshot});
  const index::Bundle& bundle = snapshot->bundle();
  const auto users = static_cast<std::int32_t>(std::min<std::int64_t>(bundle.user_count(), kWarmingRequests));
  const auto items = static_cast<std::int32_t>(std::min<std::int64_t>(bundle.items().size(), kWarmingRequests));
  RecommendRequest request;
  request.k = 10;
  for (std::int32_t user = 0; user < users; ++user) {
    request.user_id = bundle.UserId(user);
    retrieval.Recommend(request);
  }
  for (std::int32_t item = 0; item < items; ++item) {
    retrieval.SimilarItems({.id = bundle.ItemId(item), .k = request.k, .exclude_ids = {}});
  }
}

}  // namespace

std::uint64_t MemoryNeeded(const std::filesystem::path& bundle_directory) {
  const index::BundleManifest manifest = index::ReadManifest(bundle_directory / index::kManifestFile).manifest;
  std::uint64_t bytes = 0;
  for (const base::FileEntry& file : manifest.files) {
    // The columns of attributes are smaller than their text, which is held beside them.
    bytes += file.name == index::kItemsFile ? 2 * file.size : file.size;
  }
  const auto rows = static_cast<std::uint64_t>(manifest.catalog.items + manifest.users.vectors);
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * kMemoryPerFileByte) + rows * kMemoryPerRow + kReserve;
}

std::shared_ptr<const ServingSnapshot> LoadVersion(const std::filesystem::path& bundle_directory,
                                                   std::uint64_t memory_limit) {
  RequireRoom(MemoryNeeded(bundle_directory), Room(memory_limit));
  std::shared_ptr<const ServingSnapshot> snapshot = ServingSnapshot::Load(bundle_directory);
  WarmUp(snapshot);
  return snapshot;
}

}  // namespace shortlist::serve
