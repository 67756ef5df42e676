#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace shortlist::eval {
namespace {

class Resampler {
 public:
  Resampler(std::span<const double> values, std::size_t columns, std::int64_t seed)
      : columns_(columns), rows_(values.size() / columns), random_(static_cast<std::uint64_t>(seed)) {
    for (std::size_t row = 0; row < rows_; ++row) {
      const auto cells = values.subspan(row * columns, columns);
      if (std::all_of(cells.begin(), cells.end(), [](double cell) { return cell == 0; })) continue;
      nonzero_.insert(nonzero_.end(), cells.begin(), cells.end());
    }
  }

  // Column means of one resample. Most shoppers have no hit, so rows of zeros are drawn all at once: their number is
  // binomial.
  std::vector<double> Draw() {
    const std::size_t nonzero_rows = nonzero_.size() / columns_;
    std::vector<double> sums(columns_);
    const double share = static_cast<double>(nonzero_rows) / static_cast<double>(rows_);
    const std::size_t drawn = std::binomial_distribution<std::size_t>(rows_, share)(random_);
    for (std::size_t i = 0; i < drawn; ++i) {
      const double* cells = nonzero_.data() + random_() % nonzero_rows * columns_;
      for (std::size_t column = 0; column < columns_; ++column) sums[column] += cells[column];
    }
    for (double& sum : sums) sum /= static_cast<double>(rows_);
    return sums;
  }

  std::vector<double> Means() const {
    std::vector<double> sums(columns_);
    for (std::size_t i = 0; i < nonzero_.size(); ++i) sums[i % columns_] += nonzero_[i];
    for (double& sum : sums) sum /= static_cast<double>(rows_);
    return sums;
  }

 private:
  std::size_t columns_;
  std::size_t rows_;
  std::vector<double> nonzero_;
  std::mt19937_64 random_;
};

// Linear interpolation between the order statistics.
double Quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

}  // namespace

std::vector<Interval> BootstrapMeans(std::span<const double> values, std::int64_t columns, std::int64_t samples,
                                     std::int64_t seed) {
  std::vector<Interval> intervals(static_cast<std::size_t>(columns));
  if (values.empty()) return intervals;
  Resampler resampler(values, intervals.size(), seed);
  std::vector<std::vector<double>> draws(intervals.size());
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    const std::vector<double> means = resampler.Draw();
    for (std::size_t column = 0; column < draws.size(); ++column) draws[column].push_back(means[column]);
  }
  const std::vector<double> means = resampler.Means();
  for (std::size_t column = 0; column < draws.size(); ++column) {
    if (samples == 0) draws[column].push_back(means[column]);
    std::sort(draws[column].begin(), draws[column].end());
    intervals[column] = {Quantile(draws[column], 0.025), Quantile(draws[column], 0.975)};
  }
  return intervals;
}

}  // namespace shortlist::eval
