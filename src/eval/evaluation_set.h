// The protocol of an evaluation, shared by every recommender: who asks, knowing what, and which items count as found.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"
#include "eval/recommender.h"

namespace shortlist::eval {

// The shoppers that are scored, in the order of the dataset. A query knows the events of all earlier parts. Its `now`
// is the start of the part if every earlier event of every shopper precedes that (a split by time), otherwise the time
// of the shopper's first event in the part.
struct EvaluationSet {
  data::Part part = data::Part::kTest;
  SeenRule seen = SeenRule::kMask;
  std::vector<Query> queries;
  std::vector<std::vector<std::int32_t>> targets;  // per query: sorted, unique, not empty
  std::vector<std::int64_t> item_events;           // [items]: events of the training part, the measure of popularity
};

// Targets are the distinct items of the part, under SeenRule::kMask without those of the history. Shoppers without a
// target or without a history are not scored. `max_users` of these are chosen by the seed; 0 takes all.
// Throws Error{kInvalidArgument} for the training part, which has no past.
EvaluationSet MakeEvaluationSet(const data::Dataset& dataset, data::Part part, SeenRule seen, std::int64_t max_users,
                                std::int64_t seed);

// The same from the parts before the scored one, in order, and the scored one, which starts at `start`.
EvaluationSet MakeEvaluationSet(const std::vector<const data::Interactions*>& past, const data::Interactions& scored,
                                std::int64_t start, std::int64_t items, SeenRule seen, std::int64_t max_users,
                                std::int64_t seed);

// Keeps `max_users` of the queries, chosen by the seed; 0 keeps all.
void SampleShoppers(std::int64_t max_users, std::int64_t seed, EvaluationSet& set);

}  // namespace shortlist::eval
