// One kind of index with its parameters, and what was measured of it.
#pragma once

#include <string>

#include "index/recall.h"
#include "shortlist/settings/index.h"

namespace shortlist::index {

struct Trial {
  VectorIndexSettings settings;
  Recall recall;
  double query_microseconds = 0;  // processor time of one query
  double build_seconds = 0;       // processor time
  double bytes_per_vector = 0;
  std::string left_out = {};  // why it was not built, if it was not; the other values are then those expected
};

}  // namespace shortlist::index
