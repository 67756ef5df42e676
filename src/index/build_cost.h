// What an index is going to take, from its kind and the shape of its vectors: to plan with, and to leave out what would
// take too long.
#pragma once

#include "index/search_structure.h"

namespace shortlist::index {

struct BuildCost {
  double bytes = 0;        // of the file, which is what it takes in memory too
  double cpu_seconds = 0;  // of all threads together
};

// Bytes are counted, so they are right within 2%. Seconds rest on rates of one machine (an Intel Xeon); those of lists
// are measured (docs/indexes.md), those of graphs a guess.
BuildCost EstimateCost(const VectorIndexSettings& settings, VectorShape shape);

}  // namespace shortlist::index
