// New items and new shoppers: those without an event before the scored part.
//
// New items: the shoppers of the part with a history, whose targets are the new items alone; ranked among the whole
// catalog, where a new item competes with those that everybody knows, and among the new items, where nothing but their
// features tells them apart. New shoppers: known by the first n events that they have in the part, for several n; their
// targets are the items behind the largest n, so that all n are measured by the same shoppers and targets. Items of the
// history are neither ranked nor targets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "eval/evaluation_set.h"
#include "eval/evaluator.h"
#include "eval/recommender.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

struct ColdStartGroup {
  std::string name;  // "new items", "new items among themselves", "first 3 events"
  EvaluationSet set;
  std::vector<std::int32_t> among;  // rising: the items that are ranked; none for the whole catalog
};

// The groups that have a shopper to score, in the order of above.
std::vector<ColdStartGroup> MakeColdStartGroups(const data::Dataset& dataset, data::Part part,
                                                const EvaluateSettings& settings, std::int64_t seed);
// The same from the parts before the scored one.
std::vector<ColdStartGroup> MakeColdStartGroups(const std::vector<const data::Interactions*>& past,
                                                const data::Interactions& scored, std::int64_t start,
                                                std::int64_t items, const EvaluateSettings& settings,
                                                std::int64_t seed);

EvaluationRow EvaluateGroup(const Recommender& recommender, const ColdStartGroup& group,
                            const EvaluateSettings& settings, std::int64_t seed);

// What the recommenders reach for a group.
struct ColdStartResult {
  std::string group;
  std::int64_t ranked_items = 0;  // among which the targets are looked for
  std::vector<EvaluationRow> rows;
};

}  // namespace shortlist::eval
