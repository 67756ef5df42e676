// Baseline "item_knn": a candidate's score is the sum of its similarities with the shopper's history.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "eval/baseline_recommender.h"
#include "eval/item_neighbors.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

// An event weighs history_decay^(events after it), halved for every history_half_life_days that it is older than the
// last one.
class ItemKnnRecommender : public BaselineRecommender {
 public:
  ItemKnnRecommender(ItemNeighbors neighbors, const ItemKnnSettings& settings, std::vector<std::int32_t> fallback,
                     base::ThreadPool& pool);

  std::string Name() const override { return "item_knn"; }

 private:
  void Score(const Query& query, ScoreBoard& board) const override;
  // By item, summed over its events.
  std::map<std::int32_t, double> WeighHistory(const Query& query) const;

  ItemNeighbors neighbors_;
  ItemKnnSettings settings_;
};

}  // namespace shortlist::eval
