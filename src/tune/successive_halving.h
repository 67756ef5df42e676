// Successive halving (Jamieson and Talwalkar 2016): all configurations train a little, the better ones go on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tune/trial.h"

namespace shortlist::tune {

struct HalvingRules {
  std::int64_t first_epochs = 1;  // at the first comparison
  std::int64_t last_epochs = 1;   // at the last one
  std::int64_t keep_one_in = 3;   // and as many times the epochs of one comparison at the next
};

// A trial that is to be trained until it has seen so many epochs.
struct Work {
  std::size_t trial = 0;
  std::int64_t epochs = 0;
};

struct Standing {
  std::vector<std::size_t> kept;  // trials that were not dropped yet
  std::optional<Work> next;       // nothing when all that were kept have come to their last epoch
};

// Where these trials stand. Depends on what they have reached only, so that a search can stop and go on anywhere. The
// first trial is never dropped: the others are measured against it. At least one other is kept at each comparison;
// equals are kept in order.
Standing Stand(const HalvingRules& rules, std::span<const Trial> trials);

}  // namespace shortlist::tune
