#include "eval/exposure.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace shortlist::eval {
namespace {

constexpr std::size_t kSteps = 20;

std::vector<std::int64_t> MostShownFirst(std::span<const std::int64_t> places) {
  std::vector<std::int64_t> sorted(places.begin(), places.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  return sorted;
}

}  // namespace

std::vector<std::int64_t> CountPlaces(const Rankings& rankings, std::int64_t k, std::int64_t items) {
  std::vector<std::int64_t> places(static_cast<std::size_t>(items));
  for (const std::vector<std::int32_t>& ranking : rankings) {
    const std::size_t shown = std::min(ranking.size(), static_cast<std::size_t>(k));
    for (std::size_t place = 0; place < shown; ++place) ++places[static_cast<std::size_t>(ranking[place])];
  }
  return places;
}

double Gini(std::span<const std::int64_t> places) {
  const std::vector<std::int64_t> sorted = MostShownFirst(places);
  double sum = 0;
  double weighted = 0;
  for (std::size_t rank = 0; rank < sorted.size(); ++rank) {
    sum += static_cast<double>(sorted[rank]);
    weighted += static_cast<double>(rank + 1) * static_cast<double>(sorted[rank]);
  }
  const auto count = static_cast<double>(sorted.size());
  return sum == 0 ? 0 : (count + 1 - 2 * weighted / sum) / count;
}

std::vector<double> Concentration(std::span<const std::int64_t> places) {
  const std::vector<std::int64_t> sorted = MostShownFirst(places);
  const double sum = std::max(1.0, static_cast<double>(std::accumulate(sorted.begin(), sorted.end(), std::int64_t{0})));
  std::vector<double> shares;
  double taken = 0;
  std::size_t item = 0;
  for (std::size_t step = 0; step <= kSteps; ++step) {
    for (; item < sorted.size() * step / kSteps; ++item) taken += static_cast<double>(sorted[item]);
    shares.push_back(taken / sum);
  }
  return shares;
}

}  // namespace shortlist::eval
