// Where a recommender is good and where it is not: scores by kind of shopper and by kind of target.
#pragma once

#include <cstdint>
#include <vector>

#include "eval/evaluator.h"

namespace shortlist::eval {

// Shoppers by the number of events in their history: 1-4, 5-9, 10-19, 20-49, 50-99, 100 and more. Empty buckets are
// left out. `rankings` has one ranking per query of the set.
std::vector<BucketScore> ScoreByHistoryLength(const EvaluationSet& set, const Rankings& rankings, std::int64_t k);

// Targets by the popularity of the item: never seen in training, then fifths of the catalog by popularity.
std::vector<BucketScore> ScoreByItemPopularity(const EvaluationSet& set, const Rankings& rankings, std::int64_t k);

}  // namespace shortlist::eval
