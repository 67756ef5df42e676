// What the baselines have in common: each shopper is scored alone, and popular items fill the places left over.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "eval/recommender.h"
#include "eval/score_board.h"

namespace shortlist::eval {

class BaselineRecommender : public Recommender {
 public:
  // `fallback` is every item of the catalog, best first. The pool must outlive this.
  BaselineRecommender(std::vector<std::int32_t> fallback, base::ThreadPool& pool);

  // Shoppers in parallel; one call at a time.
  std::vector<std::vector<std::int32_t>> Rank(std::span<const Query> queries, std::int64_t k,
                                              SeenRule seen) const final;

 private:
  // Adds the scores of the items that the baseline has an opinion on. Called from many threads at once.
  virtual void Score(const Query& query, ScoreBoard& board) const = 0;

  std::vector<std::int32_t> fallback_;
  base::ThreadPool* pool_;
};

}  // namespace shortlist::eval
