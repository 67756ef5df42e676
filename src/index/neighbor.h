// What a search returns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shortlist::index {

struct Neighbor {
  std::int32_t id = -1;
  float score = 0;
};

// The order of results: larger score first, then smaller id.
inline bool Better(const Neighbor& a, const Neighbor& b) {
  return a.score > b.score || (a.score == b.score && a.id < b.id);
}

inline std::vector<std::int32_t> IdsOf(std::span<const Neighbor> neighbors) {
  std::vector<std::int32_t> ids;
  ids.reserve(neighbors.size());
  for (const Neighbor& neighbor : neighbors) ids.push_back(neighbor.id);
  return ids;
}

}  // namespace shortlist::index
