// The report for people who do not read tables: one HTML file that needs no network, with charts, in light and dark.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "eval/evaluation_set.h"
#include "eval/report.h"

namespace shortlist::eval {

// Shortlists of one recommender.
struct NamedRankings {
  std::string recommender;
  Rankings rankings;
};

// What the page shows beside the results.
struct PageInputs {
  std::string name;               // of the configuration
  std::string validation_metric;  // for example "ndcg@10"
  std::string training_json;      // the report of training; empty or unreadable: no learning curves
  EvaluationSet set;              // of the first seen rule
  std::vector<NamedRankings> rankings;
};

// Rows and context as in ToJson, whose numbers the page holds word for word. The first recommender is the one that the
// page is about. Shoppers are shown without their ids.
std::string ToHtml(const std::vector<EvaluationRow>& rows, const ReportContext& context, const data::Dataset& dataset,
                   const PageInputs& inputs);

}  // namespace shortlist::eval
