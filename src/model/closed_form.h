// Models that are solved for at once (model.kind), in the shape of two towers: what a shopper's history becomes, and
// what an item's vector is.
//
// The vector of an item is its row of the id table times its demand factor, and one more coordinate, its prior; the
// vector of a shopper is what the history becomes, and a one. With weights w of the items of the history (an event
// weighs history_decay^(events after it), halved for every history_half_life_days that it is older than the last one):
//   popularity  nothing; the prior is log(events + 1) of the item
//   item_knn    w by item, repeated events summed; rows are the item's similarities with all items
//   ease        w by item, repeated events counting once; rows are the item's column of item-item weights
//   ials        the vector that solves for w (linear/least_squares.h); rows are the items' factors
// The prior of the last three is so small that it orders nothing but items of score zero, by their popularity.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bags.h"
#include "linear/least_squares.h"
#include "linear/weighted_item.h"
#include "shortlist/settings/model.h"

namespace shortlist::model {

// The settings of two towers that are such a model: its dimension, the pools that carry the weights of a history, and
// the windows of demand that its factor and its prior read. Needs IsClosedForm(settings.kind).
ModelSettings ClosedFormSettings(ModelSettings settings, std::int64_t items, bool has_times);

// The weights of the prior's windows, of settings from ClosedFormSettings.
std::vector<float> ClosedFormPriorWeights(const ModelSettings& settings);

// What the vector of an item is multiplied by: (recent demand + 1)^demand_exponent, from the item's row of log_demand.
float DemandFactor(const ModelSettings& settings, std::span<const float> log_demand);

// Shoppers of such a model. Immutable; thread-safe.
class ClosedFormShoppers {
 public:
  // `table` is the id table on the host, row-major [items, dimension]; settings as ClosedFormSettings makes them.
  ClosedFormShoppers(const ModelSettings& settings, std::span<const float> table);

  // out is row-major [rows, width], its first `dimension` columns are written. Pools are those of a query batch.
  void Encode(const std::vector<base::Bags>& pools, std::int64_t width, std::span<float> out) const;

 private:
  ModelKind kind_;
  std::int64_t dimension_;
  std::optional<linear::LeastSquares> squares_;  // of ials
};

}  // namespace shortlist::model
