#include "eval/item_knn.h"

#include <utility>

#include "eval/history_weights.h"

namespace shortlist::eval {

ItemKnnRecommender::ItemKnnRecommender(ItemNeighbors neighbors, const ItemKnnSettings& settings,
                                       std::vector<std::int32_t> fallback, std::vector<float> factors,
                                       base::ThreadPool& pool)
    : BaselineRecommender(std::move(fallback), pool),
      neighbors_(std::move(neighbors)),
      settings_(settings),
      factors_(std::move(factors)) {}

void ItemKnnRecommender::Score(const Query& query, ScoreBoard& board) const {
  for (const auto& [item, weight] : WeighHistory(query, settings_, RepeatRule::kSum)) {
    for (const Neighbor& candidate : neighbors_.CandidatesOf(item)) {
      const double factor = factors_[static_cast<std::size_t>(candidate.item)];
      board.Add(candidate.item, weight * factor * candidate.similarity);
    }
  }
}

}  // namespace shortlist::eval
