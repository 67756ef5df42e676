// What an evaluation must show before its model may be published.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eval/evaluator.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

struct ScoreFloor {
  std::string metric;  // recall, ndcg, hit_rate or mrr
  std::int64_t k = 0;
  double least = 0;
};

// Of a text such as "ndcg@10=0.05". Throws Error{kInvalidArgument} for any other.
ScoreFloor ParseScoreFloor(std::string_view text);

// Holds under every rule for seen items that was evaluated.
struct QualityGate {
  std::vector<ScoreFloor> floors;
  std::vector<std::string> beaten;  // baselines whose NDCG at the largest k the model must exceed
};

// Throws Error{kInvalidArgument} for a gate that no evaluation with these settings could answer.
void RequireAnswerable(const QualityGate& gate, const EvaluateSettings& settings);

// How the recommender of the first row falls short, a sentence each; empty if it does not. A baseline that was not
// scored counts as not beaten.
std::vector<std::string> Shortfalls(const std::vector<EvaluationRow>& rows, const QualityGate& gate);

}  // namespace shortlist::eval
