// How many embedding rows a step reads: what decides the traffic of a job of several ranks.
#pragma once

#include <cstdint>
#include <vector>

#include "base/query_batch.h"
#include "model/train_batch.h"
#include "model/two_tower.h"

namespace shortlist::train {

// Distinct rows, as means over steps.
struct DistinctRows {
  double on_a_rank = 0;    // that one rank reads
  double on_any_rank = 0;  // that at least one of the ranks reads
};

// Of one table. The rows that nearly every step reads are apart, because a hybrid replicates them.
struct TableReads {
  std::int64_t frequent_rows = 0;
  DistinctRows frequent;
  DistinctRows others;

  DistinctRows All() const {
    return {frequent.on_a_rank + others.on_a_rank, frequent.on_any_rank + others.on_any_rank};
  }
};

struct StepReads {
  double history_events = 0;  // that one rank pools, with repetitions
  std::vector<TableReads> tables;
};

// Counts what the shares of `ranks` ranks read of one step, as the pass of the model reads it. `batch` is the whole
// step's, `frequent` are rising item ids.
StepReads CountReads(const model::TwoTowerSpec& spec, const base::EncodedFeatures& item_features,
                     const std::vector<std::int32_t>& frequent, const model::TrainBatch& batch, int ranks);

StepReads MeanOf(const std::vector<StepReads>& steps);

// Expects the reads of a job whose data nobody has: every table's ids follow Zipf's law with exponent 1, and of a
// step's `rows` each reads `history` items and one positive, one id per context feature, and one id per feature of
// every item.
StepReads ExpectReads(const model::TwoTowerSpec& spec, double rows, double history, double sampled_negatives,
                      int ranks);

// Rows among `rows` with Zipf frequencies of exponent 1 that `reads` independent reads meet, in expectation.
double ExpectDistinct(double rows, double reads);

}  // namespace shortlist::train
