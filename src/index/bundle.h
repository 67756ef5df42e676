// The bundle: everything that serving needs, in one checked directory. docs/formats.md describes it byte by byte.
//
//   manifest.json        versions, similarity, SHA-256 and size per file, measured recall, lineage, serve defaults
//   model/               the towers (model/two_tower.h)
//   features.json        item, context graphs and history settings
//   items.safetensors    item ids, titles, attributes (JSON per item), popularity order
//   users.safetensors    user ids and their histories (items, times)
//   items.faiss, users.faiss
//   sample.safetensors   query vectors with exact answers
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "index/vector_index.h"
#include "shortlist/settings.h"

namespace shortlist::index {

// What a bundle is made of; the caller (tools/) collects it from the dataset and the model. Vectors are row-major.
struct BundleInputs {
  Settings settings;
  std::filesystem::path model_directory;  // copied to model/
  std::string item_graph_json;
  std::string context_graph_json;
  std::int64_t vector_width = 0;
  std::vector<float> item_vectors;   // [items, width]
  std::vector<float> user_vectors;   // [users, width]; for SimilarUsers
  std::vector<float> query_vectors;  // [queries, width]: held-out shoppers on whom recall is measured
  std::vector<std::string> item_ids;
  std::vector<std::string> titles;
  std::vector<std::string> attributes_json;
  std::vector<std::int32_t> popular_items;  // best first: the fallback for shoppers without a history
  std::vector<std::string> user_ids;
  std::vector<std::int64_t> history_offsets;  // [users + 1]
  std::vector<std::int32_t> history_items;
  std::vector<std::int64_t> history_times;
  bool history_has_times = false;
  std::string dataset_digest;
  std::string checkpoint_digest;
};

struct IndexReport {
  std::string version;  // "<UTC time>-<first 8 digits of the content's digest>"
  double item_recall = 0;
  double item_recall_low = 0;  // 95% interval
  double item_recall_high = 0;
  double user_recall = 0;
  double build_seconds = 0;
  double query_microseconds = 0;
  std::uint64_t item_index_bytes = 0;
  std::uint64_t user_index_bytes = 0;
};

// Builds both indexes, measures recall@k of each against exact search, and writes the bundle atomically.
IndexReport WriteBundle(const BundleInputs& inputs, const std::filesystem::path& directory);

// A verified, loaded bundle. Immutable; thread-safe.
class Bundle {
 public:
  // Verifies size and SHA-256 of every file before parsing any; throws Error{kDataLoss} naming the file, or
  // Error{kFailedPrecondition} for a format version it does not know.
  static Bundle Open(const std::filesystem::path& directory);
  ~Bundle();
  Bundle(Bundle&&) noexcept;
  Bundle& operator=(Bundle&&) noexcept;

  const std::string& version() const;
  std::string ManifestJson() const;
  std::filesystem::path model_directory() const;
  std::string ItemGraphJson() const;
  std::string ContextGraphJson() const;
  const Settings& settings() const;  // model.history and serve defaults are filled; the rest is as at index time

  const VectorIndex& items() const;
  const VectorIndex& users() const;

  std::int64_t item_count() const;
  std::string_view ItemId(std::int32_t item) const;
  std::string_view Title(std::int32_t item) const;
  std::string_view AttributesJson(std::int32_t item) const;
  // -1 if unknown.
  std::int32_t FindItem(std::string_view id) const;
  std::span<const std::int32_t> popular_items() const;

  std::int64_t user_count() const;
  std::string_view UserId(std::int32_t user) const;
  std::int32_t FindUser(std::string_view id) const;
  std::span<const std::int32_t> HistoryItems(std::int32_t user) const;
  std::span<const std::int64_t> HistoryTimes(std::int32_t user) const;
  bool history_has_times() const;

  // Queries with their exact answers, as written; a server compares its own answers with them before taking traffic.
  struct Sample {
    std::int64_t k = 0;
    std::vector<float> queries;           // [n, width]
    std::vector<std::int32_t> exact_ids;  // [n, k], -1 where fewer
    double index_recall = 0;              // recall@k that the item index had on these queries when it was written
  };
  const Sample& sample() const;

 private:
  struct State;
  explicit Bundle(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::index
