// How the ranks of a job divide a step.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/train_batch.h"

namespace shortlist::train {

// One of the ranks of a job.
struct RankOf {
  int rank = 0;
  int ranks = 1;
};

// Ranks compute as many candidate vectors each, but for the last, so that gathered blocks follow each other in the
// order of the candidates.
inline std::int64_t CandidatesPerRank(std::int64_t total, int ranks) {
  return (total + ranks - 1) / ranks;
}

// Rows differ by one at the most.
inline model::BatchShare ShareOf(RankOf of, std::int64_t rows, std::int64_t candidates) {
  const std::int64_t per_rank = CandidatesPerRank(candidates, of.ranks);
  const std::int64_t first = std::min(per_rank * of.rank, candidates);
  return {rows * of.rank / of.ranks, rows, first, std::min(per_rank, candidates - first)};
}

// One behind the last row of the share.
inline std::int64_t EndRowOf(RankOf of, std::int64_t rows) {
  return rows * (of.rank + 1) / of.ranks;
}

}  // namespace shortlist::train
