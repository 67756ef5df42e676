// What is known of the shopper of a request, in the item numbers of a snapshot.
#pragma once

#include <cstdint>
#include <vector>

#include "features/history_encoder.h"
#include "serve/request.h"
#include "serve/snapshot.h"

namespace shortlist::serve {

struct Shopper {
  std::vector<std::int32_t> items;  // known items, oldest first: the stored history and the request's
  std::vector<std::int64_t> times;  // as long as items
  std::int64_t now = 0;
  std::int64_t unknown_history_items = 0;  // of the request

  bool known() const { return !items.empty(); }
  features::HistoryView history() const { return {items, times}; }
};

// Merges the request's history into the stored one by time; events of equal time keep their order, stored ones first.
// Events after `now` count as happening now. In data without times the request's events follow the stored ones and time
// is the number of the next event. `clock` is the time in Unix seconds for requests that give none.
Shopper ReadShopper(const ServingSnapshot& snapshot, const RecommendRequest& request, std::int64_t clock);

// Sorted and unique: the shopper's own items if they are to be masked, and the request's exclusions.
std::vector<std::int32_t> ExcludedItems(const ServingSnapshot& snapshot, const RecommendRequest& request,
                                        const Shopper& shopper);

}  // namespace shortlist::serve
