// Random items and conditions, and what a condition means by its definition.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "features/value.h"
#include "filter/condition.h"
#include "shortlist/settings/filters.h"

namespace shortlist::filter {

// `price` (a number), `stock` (read as one), `brand` (from rare to common), `tags` (several); each is missing at times.
std::vector<features::Record> MadeRecords(std::int64_t count, std::mt19937_64& random);
FilterSettings MadeFilterSettings();

// Of every kind, up to four deep.
Condition MadeCondition(std::mt19937_64& random, int depth = 0);

bool Holds(const Condition& condition, const features::Record& record);

}  // namespace shortlist::filter
