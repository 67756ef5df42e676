// What is tried when an index is tuned: settings that only a build can change.
#pragma once

#include <vector>

#include "index/search_structure.h"

namespace shortlist::index {

// Simplest first. A large catalog gets fewer, because each takes long.
std::vector<VectorIndexSettings> TuningGrid(VectorShape shape, std::int64_t neighbors);

// The same build, searched in each way that is worth trying beside the parameter below.
std::vector<VectorIndexSettings> SearchVariants(const VectorIndexSettings& settings);

// The parameter of the search on which recall depends, of every kind but flat.
struct SearchParameter {
  std::int64_t VectorIndexSettings::*field = nullptr;
  std::int64_t least = 1;
  std::int64_t most = 1;
};
SearchParameter SearchParameterOf(const VectorIndexSettings& settings, VectorShape shape);

}  // namespace shortlist::index
