// The best items of shoppers in the order of the model.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/neighbor.h"
#include "serve/answer_observer.h"
#include "serve/catalog_delta.h"
#include "serve/item_filter.h"
#include "serve/request.h"
#include "serve/shopper.h"

namespace shortlist::serve {

// Views, which must outlive the ranking.
struct RankingRequest {
  const Shopper& shopper;
  std::span<const float> vector;  // the shopper's
  std::int64_t k;
  SeenPolicy seen;
  const ItemFilter& filter;
};

// For each request its k best items, best first; fewer if fewer remain. Where own items may come back, they carry terms
// of their own. An index that gains from batches is searched for all of them at once; the observer then hears of each
// search with its share of the time.
std::vector<std::vector<index::Neighbor>> RankItems(const std::shared_ptr<const ServingSnapshot>& snapshot,
                                                    const CatalogDelta& delta, std::span<const RankingRequest> requests,
                                                    AnswerObserver& observer);

// The k best items for a vector by their vectors alone.
std::vector<index::Neighbor> SearchItems(const CatalogView& view, std::span<const float> vector, std::int64_t k,
                                         const ItemFilter& filter);

}  // namespace shortlist::serve
