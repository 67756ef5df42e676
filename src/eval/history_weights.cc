#include "eval/history_weights.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "eval/time_decay.h"

namespace shortlist::eval {

std::vector<linear::WeightedItem> WeighHistory(const Query& query, const TimeSettings& settings, RepeatRule repeats) {
  std::map<std::int32_t, double> weights;
  for (std::size_t event = 0; event < query.history.size(); ++event) {
    const auto later_events = static_cast<double>(query.history.size() - 1 - event);
    const std::int64_t age = query.times.back() - query.times[event];
    const double weight =
        std::pow(settings.history_decay, later_events) * TimeDecay(age, settings.history_half_life_days);
    double& total = weights[query.history[event]];
    total = repeats == RepeatRule::kSum ? total + weight : std::max(total, weight);
  }
  std::vector<linear::WeightedItem> items;
  items.reserve(weights.size());
  for (const auto& [item, weight] : weights) items.push_back({item, weight});
  return items;
}

}  // namespace shortlist::eval
