// Where a host thread stands that runs streams: in which operations, block and epoch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "simt/detector/access_history.h"
#include "simt/detector/stream_order.h"
#include "simt/detector/warp_clocks.h"

namespace shortlist::simt {

// The part of a kernel thread's state that orders its accesses.
struct ThreadMoment {
  int thread;                 // linear
  std::uint32_t block_epoch;  // __syncthreads passed
};

class Execution {
 public:
  // Operations nest when one waits for a stream, whose operations then run inside.
  void BeginPoint(const StreamPoint& point) { points_.push_back(point); }
  void EndPoint() { points_.pop_back(); }
  // Null while the host thread runs none.
  const StreamPoint* point() const { return points_.empty() ? nullptr : &points_.back(); }

  void BeginKernel(OperationId operation) { operation_ = operation; }
  void BeginBlock(std::uint32_t block, int threads);
  // The lanes of `mask` have met in a __syncwarp.
  void WarpBarrier(int warp, std::uint32_t mask) { warps_.Synchronize(warp, mask); }

  // An access of a thread of the running block, now.
  Access AccessAt(const ThreadMoment& moment, AccessKind kind, std::uint32_t site) const;
  bool OfThisBlock(const Access& access) const { return access.operation == operation_ && access.block == block_; }
  // `earlier`, of the running block too, is seen by `access`.
  bool OrderedInBlock(const Access& earlier, const Access& access) const;

 private:
  std::vector<StreamPoint> points_;
  OperationId operation_ = 0;
  std::uint32_t block_ = 0;
  WarpClocks warps_;
};

}  // namespace shortlist::simt
