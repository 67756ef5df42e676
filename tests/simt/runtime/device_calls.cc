// What kernels call: simt/device declares it.
#include <cstdint>

#include "simt/device/barriers.h"
#include "simt/device/shared_memory.h"
#include "simt/device/warp_exchange.h"
#include "simt/runtime/block_runner.h"
#include "simt/runtime/call_site_text.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/runtime_call.h"

namespace shortlist::simt {

int AwaitBlock(bool vote, CallSite site) {
  const RuntimeCall call;
  return BlockRunner::OfThisHostThread().AwaitBlock(vote, site);
}

void YieldThread() {
  const RuntimeCall call;
  BlockRunner::OfThisHostThread().Yield();
}

WarpExchange::WarpExchange(WarpOperation operation, unsigned mask, std::uint64_t value, CallSite site) {
  const RuntimeCall call;
  meeting_ = &BlockRunner::OfThisHostThread().Meet(operation, mask, value, site);
}

WarpExchange::~WarpExchange() {
  const RuntimeCall call;
  BlockRunner::OfThisHostThread().Leave(*meeting_);
}

std::uint64_t WarpExchange::ValueOfAbsent(int lane) const {
  const RuntimeCall call;
  TheMachine().reports().Add("warp", "reads lane " + std::to_string(lane) + ", which takes no part, at " +
                                         Text(current_kernel_thread->waits_at));
  return meeting_->values[current_kernel_thread->lane];
}

void* SharedVariable(const void* key, std::size_t bytes, std::size_t alignment) {
  const RuntimeCall call;
  return BlockRunner::OfThisHostThread().shared().Find(key, bytes, alignment);
}

void* DynamicSharedMemory() {
  const RuntimeCall call;
  return BlockRunner::OfThisHostThread().DynamicShared();
}

}  // namespace shortlist::simt
