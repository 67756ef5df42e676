// What is known of the shopper of a request, in the item numbers of a snapshot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "features/history_encoder.h"
#include "profile/history.h"
#include "serve/catalog_view.h"
#include "serve/live_shopper.h"
#include "serve/request.h"
#include "serve/snapshot.h"

namespace shortlist::serve {

struct Shopper : profile::History {
  std::int64_t unknown_history_items = 0;  // of the request
  std::vector<std::string> unplaced;       // items of the history that the model does not know
  std::vector<std::string> dismissed;      // items that are not wanted
  bool personal = true;                    // false: nothing is used, because the shopper did not agree to it

  features::HistoryView history() const { return {items, times}; }
};

// Merges the stored history, what is known live and the request's history (profile::Merge). Of live events, those that
// the model was made with, which are stored with the same item and time, count once; in data without times all count.
// `clock` is the time in Unix seconds for requests that give none.
Shopper ReadShopper(const ServingSnapshot& snapshot, const RecommendRequest& request, std::int64_t clock,
                    LiveShopper live = {});

// Sorted and unique: the shopper's own items if they are to be masked, dismissed ones, and the request's exclusions.
std::vector<std::int32_t> ExcludedItems(const CatalogView& view, const RecommendRequest& request,
                                        const Shopper& shopper, SeenPolicy seen);

}  // namespace shortlist::serve
