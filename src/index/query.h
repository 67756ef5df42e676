// What a search is asked.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
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

// Tells the same of many ids of one query: nearly all that are wanted are recognized without a search among those that
// are not. A view of the query.
class WantedIds {
 public:
  explicit WantedIds(const Query& query) : query_(query) {
    for (const std::int32_t id : query.excluded) marks_[Word(id)] |= Bit(id);
  }

  bool Contains(std::int32_t id) const {
    if (query_.allowed != nullptr && !query_.allowed->Contains(id)) return false;
    return (marks_[Word(id)] & Bit(id)) == 0 || !std::ranges::binary_search(query_.excluded, id);
  }

 private:
  static constexpr std::uint32_t kWords = 16;

  static std::size_t Word(std::int32_t id) { return static_cast<std::uint32_t>(id) / 64 % kWords; }
  static std::uint64_t Bit(std::int32_t id) { return std::uint64_t{1} << (static_cast<std::uint32_t>(id) % 64); }

  const Query& query_;
  std::array<std::uint64_t, kWords> marks_{};  // the last ten bits of the excluded ids
};

}  // namespace shortlist::index
