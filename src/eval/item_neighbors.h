// Cosine neighborhoods of items over the shoppers that they have in common.
//
// similarity(i, j) = sum over common shoppers of w / (sqrt(n_i n_j) + shrinkage), where a shopper with L distinct items
// weighs w = L^user_length_exponent and n_i is the sum of w over the shoppers of item i (Deshpande & Karypis, TOIS
// 2004; the weights are their "similarity between users of different length"; shrinkage as in Bell & Koren, ICDM 2007).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "eval/past_events.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

struct Neighbor {
  std::int32_t item = 0;
  float similarity = 0;
};

// Each candidate keeps its `neighbors` most similar items, ties by the smaller index. The lists are turned around, for
// scoring: the list of an item has the candidates that keep it, in rising order.
class ItemNeighbors {
 public:
  ItemNeighbors(const Parts& parts, std::int64_t items, const ItemKnnSettings& settings, base::ThreadPool& pool);

  std::span<const Neighbor> CandidatesOf(std::int32_t item) const;

 private:
  std::vector<std::int64_t> offsets_;
  std::vector<Neighbor> candidates_;
};

}  // namespace shortlist::eval
