// manifest.json of a bundle: what it is, how good it is, where it comes from, and the digest of every other file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/manifest.h"
#include "index/recall.h"
#include "shortlist/settings.h"

namespace shortlist::index {

inline constexpr std::int64_t kBundleFormatVersion = 2;

// One of the two indexes.
struct IndexSummary {
  std::int64_t vectors = 0;
  IndexKind kind = IndexKind::kFlat;  // in effect
  Recall recall;
  double query_microseconds = 0;  // one query on one thread
  double build_seconds = 0;
};

struct BundleManifest {
  std::string version;  // "<UTC time>-<first 8 digits of the digest of the files>"
  Settings settings;    // as at index time
  std::int64_t vector_width = 0;
  bool history_has_times = false;
  IndexSummary items;
  IndexSummary users;
  std::string dataset_digest;
  std::string checkpoint_digest;
  std::vector<base::FileEntry> files;
};

// Sealed (base/sealed_json.h) and indented for people.
std::string ToJson(const BundleManifest& manifest);

struct StoredManifest {
  BundleManifest manifest;
  std::string json;
};

// Throws Error{kNotFound} if there is no manifest, Error{kFailedPrecondition} for a format version it does not know and
// Error{kDataLoss} for anything else that is not as ToJson writes it; each names the file.
StoredManifest ReadManifest(const std::filesystem::path& path);

}  // namespace shortlist::index
