// How often items were taken: the inputs of a model's prior, log(events + 1).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "shortlist/settings/model.h"

namespace shortlist::train {

// Counts of items over windows of time. Immutable; thread-safe.
class DemandCounter {
 public:
  // items[e] and times[e] of all events, in any order; items lie in [0, item_count).
  DemandCounter(std::span<const std::int32_t> items, std::span<const std::int64_t> times, std::int64_t item_count);

  // [items] log(events of the item + 1) over all events.
  std::vector<float> LogOfAll() const;
  // [items] the same over events with begin <= time < end.
  std::vector<float> LogBetween(std::int64_t begin, std::int64_t end) const;

 private:
  std::vector<float> LogOfCounts(std::size_t first, std::size_t last) const;

  std::vector<std::int32_t> items_;  // by time
  std::vector<std::int64_t> times_;
  std::int64_t item_count_;
};

// A window of days in seconds, the unit of times.
std::int64_t WindowSeconds(double days);

// The inputs of the prior of every item at time `now`, [items, model::DemandWidth]: over all events for popularity,
// over each window before now for recent demand; empty if there is no prior.
std::vector<float> PriorInputs(const PriorSettings& prior, const DemandCounter& demand, std::int64_t now);

}  // namespace shortlist::train
