// Baselines "popularity" and "recent_popularity": the same order of the catalog for everybody.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/baseline_recommender.h"

namespace shortlist::eval {

class PopularityRecommender : public BaselineRecommender {
 public:
  // `order` is every item of the catalog, most popular first.
  PopularityRecommender(std::string name, std::vector<std::int32_t> order, base::ThreadPool& pool);

  std::string Name() const override { return name_; }

 private:
  void Score(const Query& query, ScoreBoard& board) const override;

  std::string name_;
};

}  // namespace shortlist::eval
