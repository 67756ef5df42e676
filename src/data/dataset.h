// A prepared dataset, memory-mapped. Written by Prepare (data/prepare.h) as Arrow IPC files plus dataset.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/query_batch.h"
#include "features/feature_graph.h"

namespace shortlist::data {

enum class Part { kTrain, kValidation, kTest };

// Events of one part, grouped by user (row = user index of the dataset, the same in every part) and ordered by time,
// then by input order, within a user.
struct Interactions {
  std::span<const std::int64_t> offsets;               // [users + 1]
  std::span<const std::int32_t> items;                 // [events], in [0, items)
  std::span<const std::int64_t> times;                 // [events], Unix seconds; order numbers without a time
  std::span<const float> weights;                      // [events]
  std::vector<std::span<const std::int32_t>> context;  // per context categorical feature: [events] ids
  std::span<const float> context_dense;                // [events, dense width]
  std::span<const std::int32_t> event_types;           // [events] places in event_types(), or empty
  std::span<const float> quantities;                   // [events], not a number where missing, or empty
  std::span<const float> prices;                       // as quantities
  std::span<const std::int32_t> from_answer;           // [events] 1 if the event followed an answer, else 0, or empty

  std::int64_t users() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
  std::int64_t events() const { return static_cast<std::int64_t>(items.size()); }
};

// Immutable; thread-safe. Spans live as long as the dataset.
class Dataset {
 public:
  // Verifies the digests of every file; throws Error{kDataLoss} naming the file that is missing or damaged,
  // Error{kFailedPrecondition} for a format version it does not know, and Error{kNotFound} without a dataset.
  static Dataset Open(const std::filesystem::path& directory);
  ~Dataset();
  Dataset(Dataset&&) noexcept;
  Dataset& operator=(Dataset&&) noexcept;

  std::int64_t users() const;
  std::int64_t items() const;
  const Interactions& part(Part part) const;

  std::string_view UserId(std::int64_t user) const;
  std::string_view ItemId(std::int64_t item) const;
  std::optional<std::int64_t> FindUser(std::string_view id) const;
  std::optional<std::int64_t> FindItem(std::string_view id) const;
  // Empty if unknown.
  std::string_view Title(std::int64_t item) const;
  // Raw catalog columns of an item as JSON, for the bundle's item attributes: {"price": 1.5, "category": ["a", "b"]}.
  std::string AttributesJson(std::int64_t item) const;

  const features::FeatureGraph& item_graph() const;
  const features::FeatureGraph& context_graph() const;
  // Kinds of events, for example "view"; empty if the source has none. The first one stands for missing.
  const std::vector<std::string>& event_types() const;
  // One row per item, in the layout of item_graph().
  const base::EncodedFeatures& item_features() const;

  // First second of the part: the split date under a time split; otherwise the earliest event of the part, or 0 if it
  // has none.
  std::int64_t PartStart(Part part) const;
  bool has_times() const;

  // The rule of the split and of ties, as one sentence each, for reports.
  std::string split_rule() const;
  std::string tie_rule() const;
  // SHA-256 of dataset.json: identifies the contents.
  std::string digest() const;
  // The whole dataset.json.
  std::string Json() const;

 private:
  struct State;
  explicit Dataset(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::data
