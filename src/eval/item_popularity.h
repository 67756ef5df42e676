// How popular items are, relative to the catalog.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shortlist::eval {

// Share of the other items that have fewer events, counting equals half: 1 for a sole most popular item.
std::vector<double> PopularityPercentiles(std::span<const std::int64_t> item_events);

// All items, most events first, ties by the smaller index.
std::vector<std::int32_t> PopularityOrder(std::span<const std::int64_t> item_events);

}  // namespace shortlist::eval
