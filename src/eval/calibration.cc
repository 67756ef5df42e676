#include "eval/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>

namespace shortlist::eval {
namespace {

constexpr double kSmoothing = 0.01;

using Shares = std::map<std::int32_t, double>;

// By category, summing to 1; empty if no item has one.
Shares SharesOf(const ItemCategories& categories, std::span<const std::int32_t> items) {
  Shares shares;
  double count = 0;
  for (const std::int32_t item : items) {
    const std::int32_t category = categories.of_item[static_cast<std::size_t>(item)];
    if (category < 0) continue;
    ++shares[category];
    ++count;
  }
  for (auto& [category, share] : shares) share /= count;
  return shares;
}

double Divergence(const Shares& history, const Shares& shown) {
  double sum = 0;
  for (const auto& [category, share] : history) {
    const auto found = shown.find(category);
    const double other = (1 - kSmoothing) * (found == shown.end() ? 0 : found->second) + kSmoothing * share;
    sum += share * std::log(share / other);
  }
  return sum;
}

std::vector<double> SharesOfAll(const ItemCategories& categories, const std::vector<std::vector<std::int32_t>>& lists) {
  std::vector<double> shares(categories.names.size());
  double count = 0;
  for (const std::vector<std::int32_t>& list : lists) {
    for (const std::int32_t item : list) {
      const std::int32_t category = categories.of_item[static_cast<std::size_t>(item)];
      if (category < 0) continue;
      ++shares[static_cast<std::size_t>(category)];
      ++count;
    }
  }
  for (double& share : shares) share /= std::max(1.0, count);
  return shares;
}

}  // namespace

std::vector<double> BoughtShares(const ItemCategories& categories, const EvaluationSet& set) {
  return SharesOfAll(categories, set.targets);
}

std::vector<double> ShownShares(const ItemCategories& categories, const Rankings& rankings) {
  return SharesOfAll(categories, rankings);
}

double Miscalibration(const ItemCategories& categories, const EvaluationSet& set, const Rankings& rankings) {
  double sum = 0;
  double shoppers = 0;
  for (std::size_t query = 0; query < rankings.size(); ++query) {
    const Shares history = SharesOf(categories, set.queries[query].history);
    if (history.empty()) continue;
    sum += Divergence(history, SharesOf(categories, rankings[query]));
    ++shoppers;
  }
  return sum / std::max(1.0, shoppers);
}

}  // namespace shortlist::eval
