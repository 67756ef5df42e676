#include "simt/detector/warp_clocks.h"

#include <algorithm>

namespace shortlist::simt {
namespace {

template <class Visit>
void ForEachLane(std::uint32_t mask, Visit visit) {
  for (std::size_t lane = 0; lane < 32; ++lane) {
    if ((mask >> lane & 1U) != 0) visit(lane);
  }
}

}  // namespace

void WarpClocks::BeginBlock(int threads) {
  const int whole_warps = (threads + kLanes - 1) / kLanes * kLanes;
  clocks_.assign(static_cast<std::size_t>(whole_warps), Clock{});
  for (int thread = 0; thread < whole_warps; ++thread) clocks_[static_cast<std::size_t>(thread)][Lane(thread)] = 1;
}

void WarpClocks::Synchronize(int warp, std::uint32_t mask) {
  Clock* const clocks = &clocks_[static_cast<std::size_t>(warp) * kLanes];
  Clock joined{};
  ForEachLane(mask, [&](std::size_t lane) {
    for (std::size_t i = 0; i < joined.size(); ++i) joined[i] = std::max(joined[i], clocks[lane][i]);
  });
  ForEachLane(mask, [&](std::size_t lane) {
    clocks[lane] = joined;
    ++clocks[lane][lane];
  });
}

}  // namespace shortlist::simt
