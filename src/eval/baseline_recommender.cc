#include "eval/baseline_recommender.h"

#include <utility>

namespace shortlist::eval {
namespace {

constexpr std::int64_t kShoppersPerTask = 256;

}  // namespace

BaselineRecommender::BaselineRecommender(std::vector<std::int32_t> fallback, base::ThreadPool& pool)
    : fallback_(std::move(fallback)), pool_(&pool) {}

std::vector<std::vector<std::int32_t>> BaselineRecommender::Rank(std::span<const Query> queries, std::int64_t k,
                                                                 SeenRule seen) const {
  std::vector<std::vector<std::int32_t>> rankings(queries.size());
  const auto rank_range = [&](std::int64_t begin, std::int64_t end) {
    ScoreBoard board(static_cast<std::int64_t>(fallback_.size()));
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      if (seen == SeenRule::kMask) board.Exclude(queries[i].history);
      Score(queries[i], board);
      rankings[i] = board.Take(k, fallback_);
    }
  };
  pool_->ParallelFor(static_cast<std::int64_t>(queries.size()), kShoppersPerTask, rank_range);
  return rankings;
}

}  // namespace shortlist::eval
