// What the threads of a block know of each other through __syncwarp: a vector clock per lane. __syncthreads orders the
// whole block and is counted by its epoch; shuffles and votes order no memory.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace shortlist::simt {

class WarpClocks {
 public:
  void BeginBlock(int threads);
  // The lanes of `mask` meet in a __syncwarp.
  void Synchronize(int warp, std::uint32_t mask);

  // The thread's own time, which goes on at each __syncwarp.
  std::uint32_t Now(int thread) const { return clocks_[static_cast<std::size_t>(thread)][Lane(thread)]; }
  // `later` has met, directly or through others, what `earlier` had done by `time`. Both are threads of one warp.
  bool Knows(int later, int earlier, std::uint32_t time) const {
    return clocks_[static_cast<std::size_t>(later)][Lane(earlier)] >= time;
  }

 private:
  static constexpr int kLanes = 32;
  using Clock = std::array<std::uint32_t, kLanes>;
  static std::size_t Lane(int thread) { return static_cast<std::size_t>(thread % kLanes); }

  std::vector<Clock> clocks_;  // per thread
};

}  // namespace shortlist::simt
