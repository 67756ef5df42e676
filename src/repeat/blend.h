// Repeat and discovery in one ranking: the order of a catalog in which the shopper's own items carry terms of their
// own. Evaluation and serving rank through it alike.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "features/history_encoder.h"
#include "index/neighbor.h"
#include "repeat/own_purchases.h"
#include "repeat/repeat_weights.h"

namespace shortlist::repeat {

// The vector of an item.
using VectorOf = std::function<std::vector<float>(std::int32_t item)>;

// Immutable; thread-safe.
class Blend {
 public:
  // Vectors hold `dimension` coordinates of similarity and, behind them, the item's own term if the model has one.
  // Throws Error{kDataLoss} for weights that are not as many as their values.
  Blend(RepeatWeights weights, std::int64_t dimension);

  // The scores of the shopper's own items, by item. `shopper` is the shopper's vector.
  std::vector<index::Neighbor> ScoreOwn(std::span<const float> shopper, features::HistoryView history, std::int64_t now,
                                        const VectorOf& vector_of) const;

 private:
  RepeatWeights weights_;
  std::size_t dimension_;
  OwnPurchases purchases_;
};

// The k best of the best other items and of the own ones that are not in `excluded` (sorted, unique). With the k best
// others, none of them own, these are exactly the k best of the catalog, whatever the sign of the terms.
std::vector<index::Neighbor> MergeBest(std::span<const index::Neighbor> others, std::span<const index::Neighbor> own,
                                       std::span<const std::int32_t> excluded, std::int64_t k);

}  // namespace shortlist::repeat
