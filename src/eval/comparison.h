// Two rankings of the same shoppers, side by side.
#pragma once

#include <cstdint>

#include "eval/evaluation_set.h"
#include "eval/evaluator.h"
#include "eval/ranking_metrics.h"
#include "eval/recommender.h"

namespace shortlist::eval {

// Means over shoppers with their 95% intervals. Both and the difference share their resamples, so that the interval of
// the difference is that of shoppers judged twice.
struct Comparison {
  Metric first;
  Metric second;
  Metric difference;  // first - second
};

// Both have a ranking for each query of the set, which has some. Deterministic by seed.
Comparison Compare(const Rankings& first, const Rankings& second, const EvaluationSet& set, MetricName metric,
                   std::int64_t bootstrap_samples, std::int64_t seed);

}  // namespace shortlist::eval
