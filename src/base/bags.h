// Ragged rows of weighted ids: what features produce and embedding tables consume.
#pragma once

#include <cstdint>
#include <vector>

namespace shortlist::base {

// Row r holds ids[offsets[r] .. offsets[r+1]) with the weights at the same places. offsets has rows + 1 entries and
// starts with 0; weights is as long as ids.
struct Bags {
  std::vector<std::int32_t> ids;
  std::vector<float> weights;
  std::vector<std::int64_t> offsets{0};

  std::int64_t rows() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
  void Append(std::int32_t id, float weight) {
    ids.push_back(id);
    weights.push_back(weight);
  }
  void EndRow() { offsets.push_back(static_cast<std::int64_t>(ids.size())); }
  void Clear() {
    ids.clear();
    weights.clear();
    offsets.assign(1, 0);
  }
};

}  // namespace shortlist::base
