// Events to dataset: streams the sources, applies row rules, consent, de-duplication and k-core, fits the feature
// graphs, splits, and writes the dataset directory atomically. Memory stays within data.memory_mib plus the
// vocabularies and, with event ids, a bit for each event, however many events there are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shortlist/settings.h"

namespace shortlist::data {

// read = kept + sum(filtered) + quarantined.
struct PrepareReport {
  std::int64_t read = 0;
  std::int64_t kept = 0;
  std::int64_t quarantined = 0;
  std::vector<std::pair<std::string, std::int64_t>> filtered;  // by named rule, in the order of application
  std::int64_t users = 0;
  std::int64_t items = 0;
  std::int64_t train_events = 0;
  std::int64_t validation_events = 0;
  std::int64_t test_events = 0;
  double seconds = 0;
};

// The feature graphs of an earlier dataset, as FeatureGraph::ToJson writes them.
struct FittedGraphs {
  std::string items;
  std::string context;
};

// With `fitted`, features mean what they meant there and nothing is fitted: models that were trained on either dataset
// read the other. Texts that a vocabulary lacks are unknown to it then.
//
// `base` resolves relative source paths. Malformed rows go to "<directory>/../quarantine.jsonl" (file, line, reason).
//
// With `parsed_files`, a folder, files that are as they were at an earlier call with it are not parsed again. The
// dataset is the same, byte for byte. The folder keeps what was made of these files, and of no others, before consent
// is applied; if another process uses it, it is not used.
//
// Throws Error{kInvalidArgument} for sources or columns that do not exist and for too many malformed rows.
PrepareReport Prepare(const Settings& settings, const std::filesystem::path& base,
                      const std::filesystem::path& directory, const std::optional<FittedGraphs>& fitted = std::nullopt,
                      const std::optional<std::filesystem::path>& parsed_files = std::nullopt);

}  // namespace shortlist::data
