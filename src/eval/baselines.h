// The baselines that any model must beat, behind the same interface as models.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/thread_pool.h"
#include "data/dataset.h"
#include "eval/recommender.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

// A baseline for queries at the start of `part`. It is fitted on the training part, and on validation too if
// `fit_baselines_on_validation` is set and `part` is test; recent demand counts the events of all parts before `part`.
// Places that a baseline cannot fill go to popular items. The seed is that of what is drawn at random (ials). The pool
// must outlive the recommender, which uses it in Rank; the dataset is not kept.
std::unique_ptr<Recommender> MakeBaseline(BaselineKind kind, const data::Dataset& dataset, data::Part part,
                                          const EvaluateSettings& settings, std::int64_t seed, base::ThreadPool& pool);

// Why a baseline is left out for this dataset, as a sentence with the setting to change; nothing if it is not.
std::optional<std::string> ReasonToSkip(BaselineKind kind, const data::Dataset& dataset,
                                        const EvaluateSettings& settings);

}  // namespace shortlist::eval
