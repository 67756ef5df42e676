// What a search is asked.
#pragma once

#include <cstdint>
#include <span>

#include "base/bit_set.h"

namespace shortlist::index {

// Views, which must outlive the search.
struct Query {
  std::span<const float> vector;           // as wide as the index, finite, of finite norm
  std::int64_t k = 0;                      // at least 1
  std::span<const std::int32_t> excluded;  // sorted, unique
  const base::BitSet* allowed = nullptr;   // of the index's size: nothing else may be found; null for all
};

}  // namespace shortlist::index
