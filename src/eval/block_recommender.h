// What baselines with an opinion on the whole catalog have in common: they are scored by blocks of candidates, so that
// neither all scores nor all item-item weights need to exist at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "eval/recommender.h"

namespace shortlist::eval {

// Places begin <= i < end.
struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  std::int64_t size() const { return end - begin; }
};

// Scores the queries that it was made for.
class BlockScorer {
 public:
  virtual ~BlockScorer() = default;

  // Prepares the calls of Score until the next Enter. In one thread, which may use the pool.
  virtual void Enter(Range candidates) = 0;

  // Overwrites scores, row-major [queries, candidates]. Called from many threads at once.
  virtual void Score(Range queries, std::span<float> scores) const = 0;
};

class BlockRecommender : public Recommender {
 public:
  // `fallback` is every item of the catalog, best first; scores are multiplied by `factors`, [items], none negative.
  // The pool must outlive this.
  BlockRecommender(std::vector<std::int32_t> fallback, std::vector<float> factors, base::ThreadPool& pool);

  // Only items of positive score are ranked; places left over go to the fallback. One call at a time.
  std::vector<std::vector<std::int32_t>> Rank(std::span<const Query> queries, std::int64_t k,
                                              SeenRule seen) const final;

 protected:
  base::ThreadPool& pool() const { return *pool_; }

 private:
  virtual std::unique_ptr<BlockScorer> MakeScorer(std::span<const Query> queries) const = 0;

  std::vector<std::int32_t> fallback_;
  std::vector<float> factors_;
  base::ThreadPool* pool_;
};

}  // namespace shortlist::eval
