// What a search returns.
#pragma once

#include <cstdint>

namespace shortlist::index {

struct Neighbor {
  std::int32_t id = -1;
  float score = 0;
};

// The order of results: larger score first, then smaller id.
inline bool Better(const Neighbor& a, const Neighbor& b) {
  return a.score > b.score || (a.score == b.score && a.id < b.id);
}

}  // namespace shortlist::index
