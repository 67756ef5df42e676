// The baselines that any model must beat, behind the same interface as models.
#pragma once

#include <memory>

#include "base/thread_pool.h"
#include "data/dataset.h"
#include "eval/recommender.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

// A baseline for queries at the start of `part`. It is fitted on the training part, and on validation too if
// `fit_baselines_on_validation` is set and `part` is test; recent demand counts the events of all parts before `part`.
// Places that a baseline cannot fill go to popular items. The pool must outlive the recommender, which uses it in Rank;
// the dataset is not kept.
std::unique_ptr<Recommender> MakeBaseline(BaselineKind kind, const data::Dataset& dataset, data::Part part,
                                          const EvaluateSettings& settings, base::ThreadPool& pool);

}  // namespace shortlist::eval
