// dataset.json: what a dataset holds and how it came about. It holds the digests of all other files, and its own.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/manifest.h"

namespace shortlist::data {

inline constexpr char kDescriptionFile[] = "dataset.json";

struct DatasetDescription {
  struct Counts {
    std::int64_t read = 0;
    std::int64_t kept = 0;
    std::int64_t quarantined = 0;
    std::vector<std::pair<std::string, std::int64_t>> filtered;
    std::int64_t users = 0;
    std::int64_t items = 0;
    std::array<std::int64_t, 3> part_events{};  // by Part
  };

  std::string name;
  std::int64_t seed = 0;
  bool has_times = false;
  Counts counts;
  std::string split_rule;
  std::string tie_rule;
  std::array<std::int64_t, 3> part_starts{};  // by Part
  std::string user_digest;
  std::string item_digest;
  std::vector<std::string> event_types;  // by id; empty if the source has none
  bool has_quantities = false;
  bool has_prices = false;
  bool has_answers = false;  // whether events are told apart by what they followed
  std::string item_graph;    // JSON of features::FeatureGraph
  std::string context_graph;
  std::vector<base::FileEntry> files;
};

// The whole text of dataset.json, sealed (base/sealed_json.h).
std::string RenderDescription(const DatasetDescription& description);

// Reads text whose seal holds. Throws Error{kDataLoss} naming `path` if it describes no dataset, and
// Error{kFailedPrecondition} for a format version that this program does not know.
DatasetDescription ParseDescription(std::string_view text, const std::filesystem::path& path);

}  // namespace shortlist::data
