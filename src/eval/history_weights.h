// What a shopper's history counts for, item by item.
#pragma once

#include <cstdint>
#include <vector>

#include "eval/recommender.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

struct WeightedItem {
  std::int32_t item = 0;
  double weight = 0;
};

enum class RepeatRule {
  kSum,   // every event of an item counts
  kLast,  // an item counts as its heaviest event, so that without decay every item weighs 1
};

// Items of the history, rising, with the weights of their events. An event weighs history_decay^(events after it),
// halved for every history_half_life_days that it is older than the last one.
std::vector<WeightedItem> WeighHistory(const Query& query, const TimeSettings& settings, RepeatRule repeats);

}  // namespace shortlist::eval
