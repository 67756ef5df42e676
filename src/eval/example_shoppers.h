// A few shoppers to look at: numbers alone do not show whether a shortlist makes sense.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "eval/evaluation_set.h"

namespace shortlist::eval {

// Places in the set of up to `count` shoppers with at least three events, drawn by the seed: half of them from those
// with a target in their shortlist and half from the others, as far as there are such, in the order of the set.
std::vector<std::size_t> ChooseExamples(const EvaluationSet& set, const Rankings& rankings, std::size_t count,
                                        std::int64_t seed);

// Targets of a shopper that stand in the shortlist.
std::int64_t CountFinds(const std::vector<std::int32_t>& shortlist, const std::vector<std::int32_t>& targets);

}  // namespace shortlist::eval
