#include "simt/detector/execution.h"

namespace shortlist::simt {
namespace {

constexpr int kWarpSize = 32;

}  // namespace

void Execution::BeginBlock(std::uint32_t block, int threads) {
  block_ = block;
  warps_.BeginBlock(threads);
}

Access Execution::AccessAt(const ThreadMoment& moment, AccessKind kind, std::uint32_t site) const {
  Access access;
  access.operation = operation_;
  access.block = block_;
  access.block_epoch = moment.block_epoch;
  access.warp_time = warps_.Now(moment.thread);
  access.site = site;
  access.thread = static_cast<std::uint16_t>(moment.thread);
  access.kind = kind;
  return access;
}

bool Execution::OrderedInBlock(const Access& earlier, const Access& access) const {
  if (earlier.block_epoch < access.block_epoch) return true;
  const bool same_warp = earlier.thread / kWarpSize == access.thread / kWarpSize;
  return same_warp && warps_.Knows(access.thread, earlier.thread, earlier.warp_time);
}

}  // namespace shortlist::simt
