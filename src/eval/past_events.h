// The events before a part: what may be known when it begins.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "data/dataset.h"
#include "eval/recommender.h"

namespace shortlist::eval {

// Parts of a dataset in the order of time; all have the same users.
using Parts = std::vector<const data::Interactions*>;

// The pointers are into the dataset.
Parts PartsBefore(const data::Dataset& dataset, data::Part part);

// Fills user, history and times of the query from the shopper's events in `parts`, by time; events of the same time
// keep the order of the parts.
void ReadHistory(const Parts& parts, std::int64_t user, Query& query);

// since <= time < until.
struct TimeWindow {
  std::int64_t since = std::numeric_limits<std::int64_t>::min();
  std::int64_t until = std::numeric_limits<std::int64_t>::max();
};

// Events of each item, [items].
std::vector<std::int64_t> CountEvents(const Parts& parts, std::int64_t items, TimeWindow window = {});

}  // namespace shortlist::eval
