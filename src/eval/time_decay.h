// Exponential forgetting.
#pragma once

#include <cmath>
#include <cstdint>

namespace shortlist::eval {

inline constexpr double kSecondsPerDay = 86400;

// Halved for every half_life_days of `age` in seconds; 1 if half_life_days is 0.
inline double TimeDecay(std::int64_t age, double half_life_days) {
  return half_life_days == 0 ? 1 : std::exp2(-static_cast<double>(age) / (half_life_days * kSecondsPerDay));
}

}  // namespace shortlist::eval
