// Baseline "item_knn": a candidate's score is the sum of its similarities with the shopper's history.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/baseline_recommender.h"
#include "eval/item_neighbors.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

class ItemKnnRecommender : public BaselineRecommender {
 public:
  // Scores are multiplied by `factors`, [items].
  ItemKnnRecommender(ItemNeighbors neighbors, const ItemKnnSettings& settings, std::vector<std::int32_t> fallback,
                     std::vector<float> factors, base::ThreadPool& pool);

  std::string Name() const override { return "item_knn"; }

 private:
  void Score(const Query& query, ScoreBoard& board) const override;

  ItemNeighbors neighbors_;
  ItemKnnSettings settings_;
  std::vector<float> factors_;
};

}  // namespace shortlist::eval
