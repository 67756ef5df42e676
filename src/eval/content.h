// Baseline "content": a candidate's score is the sum of its likenesses, by features alone, with the shopper's history.
// It needs no event of an item, so that it is what a model must beat for new ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/baseline_recommender.h"
#include "eval/item_content.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

class ContentRecommender : public BaselineRecommender {
 public:
  ContentRecommender(ItemContent content, const TimeSettings& settings, std::vector<std::int32_t> fallback,
                     base::ThreadPool& pool);

  std::string Name() const override { return "content"; }

 private:
  void Score(const Query& query, ScoreBoard& board) const override;

  ItemContent content_;
  TimeSettings settings_;
};

}  // namespace shortlist::eval
