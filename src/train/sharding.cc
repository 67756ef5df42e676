#include "train/sharding.h"

#include <numeric>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::train {

std::vector<std::int32_t> FrequentRows(std::span<const std::int64_t> counts, double reads) {
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<std::int32_t> rows;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (static_cast<double>(counts[i]) * reads >= kFrequentReads * total) rows.push_back(static_cast<std::int32_t>(i));
  }
  return rows;
}

std::vector<TablePlacement> PlaceTables(const model::ParameterLayout& layout, Sharding sharding,
                                        std::vector<std::int32_t> frequent) {
  std::vector<TablePlacement> placements(layout.tables.size());
  switch (sharding) {
    case Sharding::kAuto:
      throw Error(Code::kInternal, "PlaceTables: the plan has not been made");
    case Sharding::kReplicated:
      break;
    case Sharding::kHybrid:
      placements.front().frequent = std::move(frequent);
      [[fallthrough]];
    case Sharding::kSharded:
      for (TablePlacement& table : placements) table.placement = Placement::kSharded;
      break;
  }
  return placements;
}

}  // namespace shortlist::train
