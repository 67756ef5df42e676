// Baseline "repeat_frequency": a shopper's own earlier items, by how often and how recently they were bought.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/baseline_recommender.h"

namespace shortlist::eval {

// An item's score is the sum over the shopper's events with it, each halved for every `half_life_days` that it is older
// than the shopper's last event. Items of one basket are often equal in this: the one in greater demand goes first.
class RepeatFrequencyRecommender : public BaselineRecommender {
 public:
  // `item_demand` counts the recent events of every item of the catalog.
  RepeatFrequencyRecommender(double half_life_days, const std::vector<std::int64_t>& item_demand,
                             base::ThreadPool& pool);

  std::string Name() const override { return "repeat_frequency"; }

 private:
  void Score(const Query& query, ScoreBoard& board) const override;

  double half_life_days_;
  std::vector<double> tie_breaks_;  // [items], below the weight of an event thirty half lives ago
};

}  // namespace shortlist::eval
