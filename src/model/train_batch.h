// One step's input, on the host: the queries, the softmax's candidates, and which candidate each query was followed by.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/query_batch.h"

namespace shortlist::model {

// What one of several ranks computes of a step. Its rows weigh rows / step_rows, so that the ranks' losses and
// gradients add up to those of the step's mean.
struct BatchShare {
  std::int64_t first_row = 0;
  std::int64_t step_rows = 0;        // of all ranks
  std::int64_t first_candidate = 0;  // of those whose vectors this rank computes
  std::int64_t candidates = 0;
};

struct TrainBatch {
  base::QueryBatch queries;              // B rows
  std::vector<std::int32_t> candidates;  // [N] item indices; an item may stand there several times
  std::vector<std::int32_t> positives;   // [B] places in `candidates`
  std::int64_t first_negative = 0;       // candidates before it stand there for the rows whose positive they are
  std::vector<float> log_q;              // [N] log sampling probability, subtracted from the logits; or empty
  std::vector<float> positive_bias;      // [B] added to the logit of the row's positive; or empty
  std::vector<float> row_weights;        // [B]; or empty for ones
  std::vector<float> log_demand;         // [N, DemandWidth] the prior's input at that time, if the prior is learned

  std::optional<BatchShare>
      share;  // queries, positives, positive_bias and row_weights are this rank's; none: all of the step's

  std::int64_t rows() const { return static_cast<std::int64_t>(positives.size()); }
  BatchShare Share() const {
    return share.value_or(BatchShare{0, rows(), 0, static_cast<std::int64_t>(candidates.size())});
  }
};

}  // namespace shortlist::model
