// Which tables a job of several ranks replicates, and which it shards.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/parameters.h"
#include "shortlist/settings/train.h"
#include "train/row_placement.h"

namespace shortlist::train {

// The rows that a step of one rank reads `reads` times in all are expected to contain at least this often, if they are
// to be replicated beside a sharded table: 95% of steps read such a row.
inline constexpr double kFrequentReads = 3;

// Rows whose share of `reads` is at least kFrequentReads, rising. counts[i] is how often row i is read on the whole.
std::vector<std::int32_t> FrequentRows(std::span<const std::int64_t> counts, double reads);

// One placement per table of the layout. `frequent` are the item rows for a hybrid. kAuto is not a placement: it throws
// Error{kInternal}.
std::vector<TablePlacement> PlaceTables(const model::ParameterLayout& layout, Sharding sharding,
                                        std::vector<std::int32_t> frequent);

}  // namespace shortlist::train
