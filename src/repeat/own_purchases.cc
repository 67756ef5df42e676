#include "repeat/own_purchases.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "shortlist/error.h"

namespace shortlist::repeat {
namespace {

constexpr double kSecondsPerDay = 86400;
constexpr double kFrequencyGain = 10;
constexpr double kLargestOverdue = 50;
constexpr std::int64_t kFixedValues = 7;

// The ages in days of an item's events, oldest first.
using Ages = std::vector<double>;

std::map<std::int32_t, Ages> AgesByItem(features::HistoryView history, std::int64_t now) {
  std::map<std::int32_t, Ages> ages;
  for (std::size_t event = 0; event < history.items.size(); ++event) {
    if (history.items[event] == features::kUnknownItem) continue;
    const double seconds = static_cast<double>(now) - static_cast<double>(history.times[event]);
    ages[history.items[event]].push_back(std::max(0.0, seconds) / kSecondsPerDay);
  }
  return ages;
}

double DecayedFrequency(const Ages& ages, double half_life_days) {
  double sum = 0;
  for (const double age : ages) sum += std::exp2(-age / half_life_days);
  return sum;
}

// The log of the time since the last event in units of the mean interval.
double Overdue(const Ages& ages) {
  if (ages.size() < 2) return 0;
  const double interval = (ages.front() - ages.back()) / static_cast<double>(ages.size() - 1);
  return std::log(std::clamp(ages.back() / std::max(interval, 1.0), 1 / kLargestOverdue, kLargestOverdue));
}

}  // namespace

OwnPurchases::OwnPurchases(std::vector<double> half_lives_days) : half_lives_days_(std::move(half_lives_days)) {}

std::vector<std::string> OwnPurchases::Names() const {
  std::vector<std::string> names = {"own"};
  for (const double days : half_lives_days_) names.push_back(fmt::format("frequency_{:g}_days", days));
  names.insert(names.end(), {"purchases", "days_since", "repeated", "overdue", "overdue_squared", "distinct_items"});
  return names;
}

std::int64_t OwnPurchases::width() const {
  return kFixedValues + static_cast<std::int64_t>(half_lives_days_.size());
}

OwnItems OwnPurchases::Describe(features::HistoryView history, std::int64_t now) const {
  if (history.times.size() != history.items.size()) {
    throw Error(Code::kInvalidArgument, fmt::format("own purchases need the time of each of {} events, got {}",
                                                    history.items.size(), history.times.size()));
  }
  OwnItems own;
  const std::map<std::int32_t, Ages> ages_by_item = AgesByItem(history, now);
  const double log_distinct = std::log(static_cast<double>(std::max<std::size_t>(1, ages_by_item.size())));
  const auto add = [&own](double value) { own.values.push_back(static_cast<float>(value)); };
  for (const auto& [item, ages] : ages_by_item) {
    own.items.push_back(item);
    add(1);
    for (const double days : half_lives_days_) add(std::log1p(kFrequencyGain * DecayedFrequency(ages, days)));
    add(std::log(static_cast<double>(ages.size())));
    add(std::log1p(ages.back()));
    add(ages.size() > 1 ? 1 : 0);
    const double overdue = Overdue(ages);
    add(overdue);
    add(overdue * overdue);
    add(log_distinct);
  }
  return own;
}

}  // namespace shortlist::repeat
