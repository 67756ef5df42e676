// The uses of a table in a step, grouped by table row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/backend.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {

// Table row ids[s] was used by rows[begins[s], begins[s + 1]): gradients with their weights, in the order of the uses
// and of the ids in them.
struct Occurrences {
  std::vector<std::int32_t> ids;     // distinct, rising
  std::vector<std::int64_t> begins;  // ids.size() + 1 entries
  std::vector<WeightedRow> rows;
};

// Stable radix sort by id. Throws Error{kInvalidArgument} naming `operation` for malformed bags.
Occurrences GroupByTableRow(const char* operation, std::span<const SparseGradient> uses, std::int64_t table_rows);

}  // namespace shortlist::tensor::cpu
