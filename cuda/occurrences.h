// The uses of a table in a step, ordered by table row.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "cuda/queue.h"
#include "cuda/sort_occurrences.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// More uses of one table in one step are refused.
inline constexpr int kMostUses = 32;

// The gradients of all uses laid end to end. Passed to kernels by value.
struct GradientRows {
  const float* data[kMostUses];
  std::int64_t first_row[kMostUses];  // of each use
  int uses;
};

// Occurrence i is of table row rows[i], in rising order; those of one row are in the order of the uses and of the ids
// in them. In workspace memory.
struct SortedOccurrences {
  const std::uint32_t* rows = nullptr;
  const Occurrence* occurrences = nullptr;
  std::int64_t count = 0;
  GradientRows gradients;
};

// Queues the work; the host does not wait. Ids are not checked. Throws Error{kUnimplemented} naming `operation` for
// more than kMostUses uses or 2^32 - 1 bags.
SortedOccurrences SortByTableRow(Queue& queue, std::string_view operation,
                                 std::span<const tensor::SparseGradient> uses);

}  // namespace shortlist::cuda
