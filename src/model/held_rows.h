// Which rows of a model's embedding tables one rank of a training job keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/parameters.h"

namespace shortlist::model {

// Rows of one table of the model, one behind the other in a held table from row `held_row` on.
struct RowRun {
  std::size_t held = 0;  // which held table
  std::int64_t held_row = 0;
  std::int64_t rows = 0;
  // Row k of the run is the model's row first + k * stride, or ids[k] if ids are given.
  std::int64_t first = 0;
  std::int64_t stride = 1;
  std::vector<std::int32_t> ids = {};

  std::int64_t ModelRow(std::int64_t k) const {
    return ids.empty() ? first + k * stride : ids[static_cast<std::size_t>(k)];
  }
};

struct HeldRows {
  std::vector<TableShape> tables;         // what the rank allocates
  std::vector<std::vector<RowRun>> runs;  // by table of the model; where runs overlap, the later one counts
};

// Every row, in the model's own tables.
HeldRows HoldEverything(const ParameterLayout& layout);

// The layout of what a rank keeps: the held tables, and all dense arrays.
ParameterLayout LayoutOf(const HeldRows& held, ParameterLayout layout);

// The matrix of a run's rows.
inline tensor::Matrix RowsOf(const RowRun& run, tensor::Matrix held) {
  return {held.data + run.held_row * held.columns, run.rows, held.columns};
}

}  // namespace shortlist::model
