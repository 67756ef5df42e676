// Histories one behind the other, for encoders that read their order.
#pragma once

#include <cstdint>
#include <span>

#include "base/query_batch.h"

namespace shortlist::features {

// Appends the history of one more row of a batch, oldest item first. If it continues the last sequence, begins it or is
// equal to it, both share that sequence: a causal encoder reads it once, and no row sees a later item of another.
void AppendHistory(std::span<const std::int32_t> items, base::Sequences& sequences);

// The last sequence alone, without rows, at its place among those before.
base::Sequences LastSequence(const base::Sequences& sequences);

}  // namespace shortlist::features
