// An item of a shopper's history, and what it counts for.
#pragma once

#include <cstdint>

namespace shortlist::linear {

struct WeightedItem {
  std::int32_t item = 0;
  double weight = 0;
};

}  // namespace shortlist::linear
