// The events that a model is trained on, in one place: the training part, and the validation part for a final fit.
#pragma once

#include <cstdint>
#include <vector>

#include "base/query_batch.h"
#include "data/dataset.h"

namespace shortlist::train {

// Grouped by user; by time, then by part, within a user. All arrays but offsets are as long as there are events.
struct EventLog {
  std::vector<std::int64_t> offsets;  // [users + 1]
  std::vector<std::int32_t> items;
  std::vector<std::int64_t> times;
  std::vector<float> weights;
  // Where the context of each event stands: in parts[origin_part] at row origin_row.
  std::vector<const data::Interactions*> parts;
  std::vector<std::uint8_t> origin_parts;
  std::vector<std::int64_t> origin_rows;

  std::int64_t users() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
  std::int64_t events() const { return static_cast<std::int64_t>(items.size()); }
};

// `parts` have the same users and must outlive the log.
EventLog MakeEventLog(const std::vector<const data::Interactions*>& parts);

// Appends the context of an event of `part` to `out`, which has one Bags per categorical feature or none yet.
void AppendContext(const data::Interactions& part, std::int64_t row, base::EncodedFeatures& out);
// Appends a context of which nothing is known.
void AppendUnknownContext(std::size_t features, std::int64_t dense_width, base::EncodedFeatures& out);

}  // namespace shortlist::train
