#include "eval/item_knn.h"

#include <cmath>
#include <utility>

#include "eval/time_decay.h"

namespace shortlist::eval {

ItemKnnRecommender::ItemKnnRecommender(ItemNeighbors neighbors, const ItemKnnSettings& settings,
                                       std::vector<std::int32_t> fallback, base::ThreadPool& pool)
    : BaselineRecommender(std::move(fallback), pool), neighbors_(std::move(neighbors)), settings_(settings) {}

void ItemKnnRecommender::Score(const Query& query, ScoreBoard& board) const {
  for (const auto& [item, weight] : WeighHistory(query)) {
    for (const Neighbor& candidate : neighbors_.CandidatesOf(item)) {
      board.Add(candidate.item, weight * candidate.similarity);
    }
  }
}

std::map<std::int32_t, double> ItemKnnRecommender::WeighHistory(const Query& query) const {
  std::map<std::int32_t, double> weights;
  for (std::size_t event = 0; event < query.history.size(); ++event) {
    const auto later_events = static_cast<double>(query.history.size() - 1 - event);
    const std::int64_t age = query.times.back() - query.times[event];
    weights[query.history[event]] +=
        std::pow(settings_.history_decay, later_events) * TimeDecay(age, settings_.history_half_life_days);
  }
  return weights;
}

}  // namespace shortlist::eval
