// Metrics that are looked up when somebody reads them, instead of being kept up to date.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Collectable;
}

namespace shortlist::telemetry {

struct BundleFacts {
  std::string role;  // "stable" or "canary"
  std::string version;
  std::string kind;  // of the item index
  std::int64_t items = 0;
  std::int64_t users = 0;
};

// Versions of the model since the start.
struct VersionFacts {
  std::int64_t loaded = 0;
  std::int64_t refused = 0;
  std::int64_t freed = 0;
};

// Items that differ from the bundle's.
struct CatalogFacts {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t withdrawn = 0;
};

struct SecurityFacts {
  std::int64_t certificate_expires = 0;  // Unix seconds; 0 without TLS
  std::uint64_t reloads = 0;
  std::uint64_t refused_reloads = 0;
  std::uint64_t unauthenticated_calls = 0;
  std::uint64_t denied_calls = 0;
};

// Events that were removed because of their age.
struct RetentionFacts {
  std::int64_t lake_rows = 0;
  std::int64_t profile_events = 0;
  std::int64_t checked = 0;  // Unix seconds; 0 if there are no limits, or not yet
};

struct Facts {
  std::vector<BundleFacts> bundles;  // that answer
  SecurityFacts security;
  VersionFacts versions;
  CatalogFacts catalog = {};
  RetentionFacts retention = {};
};

// Asks `facts`, on a thread of the endpoint, each time the metrics are read.
std::shared_ptr<prometheus::Collectable> CollectFacts(std::function<Facts()> facts);

// When a bundle was made, in Unix seconds, from a version "20261126T022016Z-...": 0 if it does not begin so.
std::int64_t TimeOfVersion(const std::string& version);

}  // namespace shortlist::telemetry
