// Why items of a bundle are recommended: what in their score, or in the sales behind them, sets them apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/bundle.h"
#include "serve/request.h"

namespace shortlist::serve {

// Immutable; thread-safe.
class ItemReasons {
 public:
  // Vectors hold `dimension` coordinates of similarity and, behind them, the item's own term if the model has one.
  // An item is new if the bundle has no event with it, or none older than four weeks before the bundle's last event.
  ItemReasons(const index::Bundle& bundle, std::int64_t dimension);

  // Of an item of the bundle that the shopper does not have, for the vectors of both: kNew; else kPopular if the item's
  // own term lifts it further above the catalog's mean item than its similarity to the shopper does, or if the
  // shopper's vector has no similarity at all; else kSimilar.
  ItemReason Of(std::span<const float> shopper, std::int32_t item, std::span<const float> vector) const;

 private:
  std::size_t dimension_;
  std::vector<float> mean_vector_;
  std::vector<bool> is_new_;  // [items]
};

}  // namespace shortlist::serve
