// Evaluation results for people and for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "eval/cold_start.h"
#include "eval/evaluator.h"

namespace shortlist::eval {

// A baseline that was asked for and not scored, and why.
struct SkippedBaseline {
  std::string recommender;
  std::string reason;
};

// What a reader must know to compare or repeat the results.
struct ReportContext {
  data::Part part = data::Part::kTest;
  std::int64_t seed = 0;
  std::string split_rule;
  std::string event_tie_rule;
  std::string dataset_digest;
  std::vector<SkippedBaseline> skipped = {};
  std::vector<ColdStartResult> cold_start = {};
};
ReportContext DescribeEvaluation(const data::Dataset& dataset, data::Part part, std::int64_t seed);

// Aligned tables: scores per seen rule and k, then buckets, then new items and shoppers. An interval is shown as half
// its width.
std::string FormatTable(const std::vector<EvaluationRow>& rows, const ReportContext& context);

// One JSON object, indented, ending with a line break.
std::string ToJson(const std::vector<EvaluationRow>& rows, const ReportContext& context);

}  // namespace shortlist::eval
