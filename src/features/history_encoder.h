// The shopper's recent history as weighted bags of items, encoded alike in training and serving.
#pragma once

#include <cstdint>
#include <span>

#include "base/query_batch.h"
#include "shortlist/settings/model.h"

namespace shortlist::features {

// Items in time order, oldest first. times are Unix seconds, or order numbers for data without times; it may be empty
// if no pool uses time_decay. Items equal to `kUnknownItem` are skipped.
inline constexpr std::int32_t kUnknownItem = -1;

struct HistoryView {
  std::span<const std::int32_t> items;
  std::span<const std::int64_t> times;
};

// Stateless but for its settings; thread-safe.
class HistoryEncoder {
 public:
  explicit HistoryEncoder(HistorySettings settings);

  // Reads the last max_length events and appends one row to every pool of `batch` (which has one Bags per pool, or none
  // yet). Weights of a row sum to 1: mean, 1/n; position decay, decay^(age in events); time decay,
  // 2^(-(now - time) / half life). For an encoder that reads the order it extends `batch.sequences`, see AppendHistory.
  void Append(HistoryView history, std::int64_t now, base::QueryBatch& batch) const;

  const HistorySettings& settings() const { return settings_; }
  bool reads_order() const { return settings_.encoder.kind != EncoderKind::kPooled; }

 private:
  HistorySettings settings_;
};

}  // namespace shortlist::features
