#include "eval/repeat_frequency.h"

#include <utility>

#include "eval/time_decay.h"

namespace shortlist::eval {

RepeatFrequencyRecommender::RepeatFrequencyRecommender(double half_life_days, std::vector<std::int32_t> fallback,
                                                       base::ThreadPool& pool)
    : BaselineRecommender(std::move(fallback), pool), half_life_days_(half_life_days) {}

void RepeatFrequencyRecommender::Score(const Query& query, ScoreBoard& board) const {
  for (std::size_t event = 0; event < query.history.size(); ++event) {
    board.Add(query.history[event], TimeDecay(query.times.back() - query.times[event], half_life_days_));
  }
}

}  // namespace shortlist::eval
