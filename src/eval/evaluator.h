// Ranking quality over the full catalog.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "eval/recommender.h"
#include "shortlist/settings.h"

namespace shortlist::eval {

// Mean over the scored shoppers, with a percentile bootstrap interval over shoppers (95%).
struct Metric {
  double value = 0;
  double low = 0;
  double high = 0;
};

// Recall@k = hits / |targets|; NDCG@k with the ideal over min(k, |targets|) and binary gains; HitRate@k = any hit;
// MRR@k = 1 / rank of the first hit. Targets are the distinct items of the part (without those of the history under
// SeenRule::kMask); shoppers without a target or without a history are not scored.
struct RankingScores {
  Metric recall;
  Metric ndcg;
  Metric hit_rate;
  Metric mrr;
  double coverage = 0;         // share of the catalog that appears in any shortlist
  double mean_popularity = 0;  // mean popularity percentile of shown items, 1 = most popular
};

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
  double seconds = 0;
};

// The scored shoppers and their targets of a part; the protocol, shared by every recommender.
struct EvaluationSet {
  std::vector<Query> queries;
  std::vector<std::vector<std::int32_t>> targets;  // sorted, unique
};
EvaluationSet MakeEvaluationSet(const data::Dataset& dataset, data::Part part, SeenRule seen, std::int64_t max_users,
                                std::int64_t seed);

EvaluationRow Evaluate(const Recommender& recommender, const EvaluationSet& set, const data::Dataset& dataset,
                       SeenRule seen, const EvaluateSettings& settings, std::int64_t seed);

// A table for people, and JSON for programs; both state split rule, tie rule and seed.
std::string FormatTable(const std::vector<EvaluationRow>& rows, const data::Dataset& dataset, data::Part part);
std::string ToJson(const std::vector<EvaluationRow>& rows, const data::Dataset& dataset, data::Part part,
                   std::int64_t seed);

}  // namespace shortlist::eval
