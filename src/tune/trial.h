// One configuration of a search, and how it has done so far.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tune/search_space.h"

namespace shortlist::tune {

struct Trial {
  std::vector<Choice> choices;                               // none for the present configuration
  std::int64_t round = 0;                                    // it is compared with the trials of its own round
  std::int64_t epochs = 0;                                   // trained so far
  double metric = -std::numeric_limits<double>::infinity();  // the best validation metric of these epochs
  std::int64_t best_epoch = 0;
  double seconds = 0;   // that its epochs took
  bool ended = false;   // more epochs would change nothing
  std::string failure;  // why it cannot be trained; empty if it can
};

}  // namespace shortlist::tune
