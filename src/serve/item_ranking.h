// The best items of shoppers in the order of the model.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/neighbor.h"
#include "serve/answer_observer.h"
#include "serve/request.h"
#include "serve/shopper.h"

namespace shortlist::serve {

// Views, which must outlive the ranking.
struct RankingRequest {
  const Shopper& shopper;
  std::span<const float> vector;  // the shopper's
  std::int64_t k;
  SeenPolicy seen;
  std::span<const std::int32_t> excluded;  // sorted, unique
  const base::BitSet* allowed = nullptr;   // of the bundle's items; null for all
};

// For each request its k best items, best first; fewer if fewer remain. Where own items may come back, they carry terms
// of their own. An index that gains from batches is searched for all of them at once; the observer then hears of each
// search with its share of the time.
std::vector<std::vector<index::Neighbor>> RankItems(const std::shared_ptr<const ServingSnapshot>& snapshot,
                                                    std::span<const RankingRequest> requests, AnswerObserver& observer);

}  // namespace shortlist::serve
