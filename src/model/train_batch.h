// One step's input, on the host: the queries, the softmax's candidates, and which candidate each query was followed by.
#pragma once

#include <cstdint>
#include <vector>

#include "base/query_batch.h"

namespace shortlist::model {

struct TrainBatch {
  base::QueryBatch queries;              // B rows
  std::vector<std::int32_t> candidates;  // [N] item indices; an item may stand there several times
  std::vector<std::int32_t> positives;   // [B] places in `candidates`
  std::vector<float> log_q;              // [N] log sampling probability, subtracted from the logits; or empty
  std::vector<float> row_weights;        // [B]; or empty for ones
  std::vector<float> log_demand;         // [N] the prior's input at the batch's time; needed if the prior is learned

  std::int64_t rows() const { return static_cast<std::int64_t>(positives.size()); }
};

}  // namespace shortlist::model
