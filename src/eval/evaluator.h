// Ranking quality over the full catalog.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "eval/evaluation_set.h"
#include "eval/recommender.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

// Mean over the scored shoppers, with a percentile bootstrap interval over shoppers (95%).
struct Metric {
  double value = 0;
  double low = 0;
  double high = 0;
};

// Recall@k = hits / |targets|; NDCG@k with the ideal over min(k, |targets|) and binary gains; HitRate@k = any hit;
// MRR@k = 1 / rank of the first hit.
struct RankingScores {
  Metric recall;
  Metric ndcg;
  Metric hit_rate;
  Metric mrr;
  double coverage = 0;         // share of the catalog that appears in any shortlist
  double mean_popularity = 0;  // mean popularity percentile of shown items, 1 = most popular
  double gini = 0;             // of the places that each item of the catalog takes: 0 all alike, 1 one takes all
};

// Means over the shoppers of a bucket, at the largest k. A bucket of item popularity counts only the targets in it, and
// the shoppers with such a target.
struct BucketScore {
  std::string bucket;  // for example "history 10-19", "item popularity 80-100%"
  std::int64_t shoppers = 0;
  double recall = 0;
  double ndcg = 0;
};

struct EvaluationRow {
  std::string recommender;
  SeenRule seen = SeenRule::kMask;
  std::int64_t shoppers = 0;
  std::int64_t targets = 0;
  std::map<std::int64_t, RankingScores> at;  // by k
  std::vector<BucketScore> by_history_length;
  std::vector<BucketScore> by_item_popularity;
  std::vector<double> concentration;  // at the largest k, as of eval/exposure.h
  double seconds = 0;                 // of ranking
  double cpu_seconds = 0;             // processor time of fitting and ranking, where the caller measured it
};

struct TimedRankings {
  Rankings rankings;
  double seconds = 0;
};
// To the largest k of the settings. Throws Error{kInvalidArgument} if these have none.
TimedRankings RankTimed(const Recommender& recommender, const EvaluationSet& set, const EvaluateSettings& settings);

// Reads k and bootstrap_samples of the settings; without samples an interval is its mean. The result depends on the
// seed, but not on the number of threads of the recommender.
EvaluationRow ScoreRankings(const std::string& recommender, const TimedRankings& ranked, const EvaluationSet& set,
                            const EvaluateSettings& settings, std::int64_t seed);

// Both in one.
EvaluationRow Evaluate(const Recommender& recommender, const EvaluationSet& set, const EvaluateSettings& settings,
                       std::int64_t seed);

}  // namespace shortlist::eval
