// Barriers and fences. A barrier that not every thread of the block reaches, or that they reach at different places, is
// reported.
#pragma once

#include "simt/device/call_site.h"

namespace shortlist::simt {

// Returns, once all threads of the block have arrived, how many of them brought `vote`.
int AwaitBlock(bool vote, CallSite site);
// Lets other threads of the block run.
void YieldThread();

}  // namespace shortlist::simt

SIMT_UNOBSERVED inline void __syncthreads(shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  shortlist::simt::AwaitBlock(false, site);
}
SIMT_UNOBSERVED inline int __syncthreads_count(int vote,
                                               shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  return shortlist::simt::AwaitBlock(vote != 0, site);
}
SIMT_UNOBSERVED inline int __syncthreads_or(int vote,
                                            shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  return static_cast<int>(shortlist::simt::AwaitBlock(vote != 0, site) > 0);
}
SIMT_UNOBSERVED inline int __syncthreads_and(int vote,
                                             shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  return static_cast<int>(shortlist::simt::AwaitBlock(vote == 0, site) == 0);
}

// Threads of a block take turns on one host thread, so that their writes are seen in program order.
inline void __threadfence() {}
inline void __threadfence_block() {}
