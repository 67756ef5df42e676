// What a shopper's history counts for, item by item.
#pragma once

#include <vector>

#include "eval/recommender.h"
#include "linear/weighted_item.h"
#include "shortlist/settings/closed_form.h"

namespace shortlist::eval {

enum class RepeatRule {
  kSum,   // every event of an item counts
  kLast,  // an item counts as its heaviest event, so that without decay every item weighs 1
};

// Items of the history, rising, with the weights of their events. An event weighs history_decay^(events after it),
// halved for every history_half_life_days that it is older than the last one.
std::vector<linear::WeightedItem> WeighHistory(const Query& query, const TimeSettings& settings, RepeatRule repeats);

}  // namespace shortlist::eval
