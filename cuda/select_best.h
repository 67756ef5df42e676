// The best candidates of each query, kept while tiles of scores go by.
#pragma once

#include <cstdint>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// The most candidates that a tile may have: what a block sorts in shared memory.
inline constexpr std::int64_t kCandidateTile = 4096;

// A score and its candidate as one number that is larger for the better one: by the score, then by the smaller
// candidate. 0: none.
using RankedCandidate = unsigned long long;

// One list for each query of a tile, best first, in device memory. All zero at first.
struct BestLists {
  RankedCandidate* entries;  // [lists, places]
  std::int64_t lists;
  std::int64_t places;
};

// What is left out: row first + i of the bags for list i; no rows: nothing.
struct Exclusions {
  tensor::BagsView bags;
  std::int64_t first;
};

// Merges scores [lists, at most kCandidateTile] of the candidates from first_candidate on into the lists. Scores that
// are NaN or -infinity do not count. Overwrites the scores of excluded candidates.
void MergeTile(Queue& queue, tensor::Matrix scores, std::int64_t first_candidate, const Exclusions& excluded,
               const BestLists& best);

// ids and scores [lists, k], k >= places; -1 and -infinity where a list has no entry.
void WriteBest(Queue& queue, const BestLists& best, std::int64_t k, std::int32_t* ids, float* scores);

}  // namespace shortlist::cuda
