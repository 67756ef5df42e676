// Occurrences of table rows in the order of the rows.
#pragma once

#include <cstdint>

#include "cuda/queue.h"

namespace shortlist::cuda {

// A table row was used with `weight` by a pooled row, whose gradient is row `gradient` of all uses laid end to end.
struct Occurrence {
  std::uint32_t gradient;
  float weight;
};

// Sorts both arrays by `rows`, in place and stable. Takes workspace memory.
void SortOccurrences(Queue& queue, std::uint32_t* rows, Occurrence* occurrences, std::int64_t count);

}  // namespace shortlist::cuda
