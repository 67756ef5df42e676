#include "eval/item_knn.h"

#include <cmath>
#include <utility>

#include "eval/time_decay.h"

namespace shortlist::eval {

ItemKnnRecommender::ItemKnnRecommender(ItemNeighbors neighbors, const ItemKnnSettings& settings,
                                       std::vector<std::int32_t> fallback, base::ThreadPool& pool)
    : BaselineRecommender(std::move(fallback), pool), neighbors_(std::move(neighbors)), settings_(settings) {}

void ItemKnnRecommender::Score(const Query& query, ScoreBoard& board) const {
  for (std::size_t event = 0; event < query.history.size(); ++event) {
    const auto age = static_cast<double>(query.history.size() - 1 - event);
    const double weight = std::pow(settings_.history_decay, age) *
                          TimeDecay(query.times.back() - query.times[event], settings_.history_half_life_days);
    for (const Neighbor& candidate : neighbors_.CandidatesOf(query.history[event])) {
      board.Add(candidate.item, weight * candidate.similarity);
    }
  }
}

}  // namespace shortlist::eval
