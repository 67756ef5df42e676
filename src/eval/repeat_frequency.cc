#include "eval/repeat_frequency.h"

#include <algorithm>

#include "eval/item_popularity.h"
#include "eval/time_decay.h"

namespace shortlist::eval {
namespace {

constexpr double kLargestTieBreak = 1e-9;

}  // namespace

RepeatFrequencyRecommender::RepeatFrequencyRecommender(double half_life_days,
                                                       const std::vector<std::int64_t>& item_demand,
                                                       base::ThreadPool& pool)
    : BaselineRecommender(PopularityOrder(item_demand), pool), half_life_days_(half_life_days) {
  std::int64_t largest = 1;
  for (const std::int64_t demand : item_demand) largest = std::max(largest, demand);
  for (const std::int64_t demand : item_demand) {
    tie_breaks_.push_back(kLargestTieBreak * static_cast<double>(demand) / static_cast<double>(largest));
  }
}

void RepeatFrequencyRecommender::Score(const Query& query, ScoreBoard& board) const {
  for (std::size_t event = 0; event < query.history.size(); ++event) {
    const std::int32_t item = query.history[event];
    const double recency = TimeDecay(query.times.back() - query.times[event], half_life_days_);
    board.Add(item, recency + tie_breaks_[static_cast<std::size_t>(item)]);
  }
}

}  // namespace shortlist::eval
