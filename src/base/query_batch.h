// Encoded inputs of the two towers: what features and history encoding produce and what a model consumes.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bags.h"

namespace shortlist::base {

// Encoded feature rows in the layout of a feature graph: categorical[f] has one row of weighted ids per record, dense
// is row-major [rows, dense_width].
struct EncodedFeatures {
  std::int64_t rows = 0;
  std::int64_t dense_width = 0;
  std::vector<Bags> categorical;
  std::vector<float> dense;
};

// Histories for encoders that read their order. Rows whose histories begin alike may share a sequence.
struct Sequences {
  Bags items;                            // a row with one item, of weight one, for each event; oldest first
  std::vector<std::int64_t> offsets{0};  // [sequences + 1], into the rows of items
  Bags newest;                           // for each row of the batch the row of items with its newest event, or nothing
  std::int64_t first_item = 0;           // where the rows of items begin in those of all ranks
};

// The user side of `rows()` requests. pools[p] holds, for each request, the history's item indices with the weights of
// pool p (summing to 1, or an empty row for an empty history); every pool has the same ids and offsets.
struct QueryBatch {
  std::vector<Bags> pools;
  Sequences sequences;  // empty if no encoder reads the order
  EncodedFeatures context;

  std::int64_t rows() const { return pools.empty() ? context.rows : pools.front().rows(); }
};

}  // namespace shortlist::base
