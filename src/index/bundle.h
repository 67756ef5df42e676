// The bundle: everything that serving needs, in one checked directory. docs/formats.md describes its files.
//
//   manifest.json             versions, similarity, measured recall, lineage, settings; size and SHA-256 of each file
//   model/                    the towers (model/two_tower.h)
//   features/items.json       the graph of item features
//   features/context.json     the graph of context features
//   repeat.json               the weights of repeat purchases, if the model has them (repeat/repeat_weights.h)
//   items.safetensors         item ids, titles, attributes (JSON per item), popularity order
//   users.safetensors         user ids and their histories (items, times)
//   items.faiss, users.faiss  the indexes (index/vector_index.h)
//   sample.safetensors        query vectors with exact answers
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/bundle_manifest.h"
#include "index/recall_gate.h"
#include "index/sample.h"
#include "index/scan_device.h"
#include "index/trial.h"
#include "index/vector_index.h"
#include "shortlist/settings.h"

namespace shortlist::index {

// What a bundle is made of; the caller (tools/) collects it from the dataset and the model. Vectors are row-major.
// Of a bundle that changes of the catalog are merged into (bundle_manifest.h).
struct MergedCatalog {
  std::int64_t learned = 0;
  std::vector<MergedLog> merged;
  std::filesystem::path base;  // the bundle before, of the same shoppers; its index of them is copied
};

struct BundleInputs {
  Settings settings;
  std::filesystem::path model_directory;                  // copied to model/
  std::optional<std::filesystem::path> repeat_file = {};  // copied to repeat.json
  std::string item_graph_json;
  std::string context_graph_json;
  std::int64_t vector_width = 0;
  // [items, width]; fewer where the last items are only in histories
  std::vector<float> item_vectors;
  std::vector<float> user_vectors;  // [users, width]; for SimilarUsers
  std::vector<float>
      query_vectors;  // [queries, width]: held-out shoppers on whom recall is measured; without any, users
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
  std::optional<MergedCatalog> merged = {};
  RecallGate gate = RecallGate::kEnforce;
  std::optional<ScanDevice> device = {};  // what helps the CPU build
};

struct IndexReport {
  std::string version;  // "<UTC time>-<first 8 digits of the content's digest>"
  double item_recall = 0;
  double item_recall_low = 0;  // 95% interval
  double item_recall_high = 0;
  double user_recall = 0;
  double build_seconds = 0;
  double query_microseconds = 0;
  std::string item_kind;           // of the index of items, in effect
  std::vector<Trial> item_trials;  // with `kind: auto`
  std::vector<Trial> user_trials;
  std::vector<std::string> forced;  // reasons for which the gate would have refused the bundle
  std::uint64_t item_index_bytes = 0;
  std::uint64_t user_index_bytes = 0;
};

// Builds both indexes with settings.threads, measures recall@k of each against exact search, and writes the bundle
// atomically: an older bundle of that name stays whole until the new one is. Throws Error{kInvalidArgument} naming the
// input that does not fit the others, and Error{kFailedPrecondition} if the recall of items falls short of its target
// and the gate is enforced.
IndexReport WriteBundle(const BundleInputs& inputs, const std::filesystem::path& directory);

// A verified, loaded bundle. Immutable; thread-safe.
class Bundle {
 public:
  // Verifies size and SHA-256 of every file before parsing any. Throws Error{kNotFound} without a manifest,
  // Error{kDataLoss} naming the file that is missing, damaged or unsound, and Error{kFailedPrecondition} for a format
  // version it does not know. With a device, batches of a flat index of items are scanned there.
  static Bundle Open(const std::filesystem::path& directory, const ScanDevice* device = nullptr);
  ~Bundle();
  Bundle(Bundle&&) noexcept;
  Bundle& operator=(Bundle&&) noexcept;

  const std::string& version() const;
  const std::string& ManifestJson() const;
  std::filesystem::path model_directory() const;
  // Where the weights of repeat purchases stand, if the bundle has them.
  std::optional<std::filesystem::path> repeat_file() const;
  const std::string& ItemGraphJson() const;
  const std::string& ContextGraphJson() const;
  const Settings& settings() const;  // as at index time

  // Of items [0, items().size()).
  const VectorIndex& items() const;
  const VectorIndex& users() const;

  // The items that the index has, and behind them those that only histories have.
  std::int64_t item_count() const;
  // Whether the model was trained with an item, so that histories with it mean something.
  bool IsLearned(std::int32_t item) const;
  // The number of the last change in this log that is part of the bundle; 0 if none is.
  std::int64_t MergedChanges(std::string_view log) const;
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

  using Sample = index::Sample;
  const Sample& sample() const;

 private:
  struct State;
  explicit Bundle(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::index
