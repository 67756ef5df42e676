// Percentile bootstrap (Efron 1979) of means over shoppers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shortlist::eval {

struct Interval {
  double low = 0;
  double high = 0;
};

// 95% intervals of the column means of `values`, row-major [rows, columns], rows resampled with replacement. All
// columns share their resamples. Without samples an interval is the mean. Deterministic by seed.
std::vector<Interval> BootstrapMeans(std::span<const double> values, std::int64_t columns, std::int64_t samples,
                                     std::int64_t seed);

}  // namespace shortlist::eval
