// How evenly a recommender shows the catalog.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/recommender.h"

namespace shortlist::eval {

// Places that each item takes among the first k of all shortlists, [items].
std::vector<std::int64_t> CountPlaces(const Rankings& rankings, std::int64_t k, std::int64_t items);

// The Gini coefficient of the places: 0 if all items take equally many, towards 1 if one takes all. 0 without places.
double Gini(std::span<const std::int64_t> places);

// Share of all places that the most shown 0%, 5%, … 100% of the items take: 21 values from 0 to 1, rising.
std::vector<double> Concentration(std::span<const std::int64_t> places);

}  // namespace shortlist::eval
