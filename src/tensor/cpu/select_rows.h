// Vectorized search of a row of scores for those that beat a threshold.
#pragma once

#include <cstdint>

namespace shortlist::tensor::cpu {

struct Scored {
  float score;
  std::int32_t id;
};

// Writes {scores[i], first_id + i} for each scores[i] > threshold to `out`, in order, and returns how many there were.
// `out` has room for `size`. NaN never passes.
std::int64_t SelectAbove(const float* scores, std::int64_t size, float threshold, std::int32_t first_id, Scored* out);

}  // namespace shortlist::tensor::cpu
