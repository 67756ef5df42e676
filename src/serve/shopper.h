// What is known of the shopper of a request, in the item numbers of a snapshot.
#pragma once

#include <cstdint>
#include <vector>

#include "features/history_encoder.h"
#include "profile/history.h"
#include "serve/catalog_view.h"
#include "serve/request.h"
#include "serve/snapshot.h"

namespace shortlist::serve {

struct Shopper : profile::History {
  std::int64_t unknown_history_items = 0;  // of the request

  features::HistoryView history() const { return {items, times}; }
};

// Merges the request's history into the stored one (profile::Merge). `clock` is the time in Unix seconds for requests
// that give none.
Shopper ReadShopper(const ServingSnapshot& snapshot, const RecommendRequest& request, std::int64_t clock);

// Sorted and unique: the shopper's own items if they are to be masked, and the request's exclusions.
std::vector<std::int32_t> ExcludedItems(const CatalogView& view, const RecommendRequest& request,
                                        const Shopper& shopper, SeenPolicy seen);

}  // namespace shortlist::serve
