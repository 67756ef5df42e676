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

inline constexpr std::int64_t kBundleFormatVersion = 4;
// Bundles of this version and up are read.
inline constexpr std::int64_t kOldestBundleFormatVersion = 2;

// One of the two indexes.
struct IndexSummary {
  std::int64_t vectors = 0;
  IndexKind kind = IndexKind::kFlat;  // in effect
  Recall recall;
  double query_microseconds = 0;  // processor time of one query
  double build_seconds = 0;
  std::uint64_t bytes = 0;    // of the file; 0 if it is not known
  double tuning_seconds = 0;  // that choosing kind and parameters took, all trials together; 0 without `kind: auto`
};

// A gate that was passed over.
struct Forced {
  std::string stage;   // "index" or "publish"
  std::string time;    // UTC
  std::string reason;  // for which it would have refused
};

// How far changes of the catalog are part of the bundle, in a log of them.
struct MergedLog {
  std::string log;           // its name
  std::int64_t changes = 0;  // the number of the last one
};

// What became of the items that the model was trained with, and of those that came later.
struct CatalogState {
  // All that have a row in the tables and the model: [0, learned) are in the index and were trained with; up to the
  // number of vectors of the index they were placed by their features alone; the others are trained with and withdrawn,
  // so that only histories have them.
  std::int64_t items = 0;
  std::int64_t learned = 0;
  std::vector<MergedLog> merged;
  std::string base;  // version of the bundle that changes were merged into; empty if none were
};

struct BundleManifest {
  std::string version;  // "<UTC time>-<first 8 digits of the digest of the files>"
  Settings settings;    // as at index time, with the kinds and parameters of the indexes that were chosen
  std::int64_t vector_width = 0;
  bool history_has_times = false;
  IndexSummary items;
  IndexSummary users;
  CatalogState catalog;
  std::string dataset_digest;
  std::string checkpoint_digest;
  std::vector<Forced> forced;
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
