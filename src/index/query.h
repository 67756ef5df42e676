// What a search is asked.
#pragma once

#include <algorithm>
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

inline bool Wants(const Query& query, std::int32_t id) {
  return (query.allowed == nullptr || query.allowed->Contains(id)) && !std::ranges::binary_search(query.excluded, id);
}

}  // namespace shortlist::index
