// Baseline "repeat_frequency": a shopper's own earlier items, by how often and how recently they were bought.
#pragma once

#include "eval/baseline_recommender.h"

namespace shortlist::eval {

// An item's score is the sum over the shopper's events with it, each halved for every `half_life_days` that it is older
// than the shopper's last event.
class RepeatFrequencyRecommender : public BaselineRecommender {
 public:
  RepeatFrequencyRecommender(double half_life_days, std::vector<std::int32_t> fallback, base::ThreadPool& pool);

  std::string Name() const override { return "repeat_frequency"; }

 private:
  void Score(const Query& query, ScoreBoard& board) const override;

  double half_life_days_;
};

}  // namespace shortlist::eval
