#include "simt/runtime/block_barrier.h"

#include <string>

#include "simt/runtime/call_site_text.h"
#include "simt/runtime/machine.h"

namespace shortlist::simt {
namespace {

void Report(const std::string& message) {
  TheMachine().reports().Add("barrier", message);
}

}  // namespace

void BlockBarrier::Begin(int threads) {
  threads_ = running_ = threads;
  arrived_ = votes_ = opened_votes_ = 0;
}

bool BlockBarrier::Arrive(bool vote, CallSite site) {
  if (running_ < threads_) Report("__syncthreads at " + Text(site) + " after threads of the block have returned");
  if (arrived_ > 0 && !(site_ == site)) {
    Report("threads of a block meet at different barriers, " + Text(site_) + " and " + Text(site));
  }
  site_ = site;
  votes_ += vote ? 1 : 0;
  ++arrived_;
  return arrived_ == running_;
}

bool BlockBarrier::ThreadEnds() {
  --running_;
  if (arrived_ == 0) return false;
  Report("a thread returns, but others of its block wait for it at " + Text(site_));
  return arrived_ == running_;
}

void BlockBarrier::Open() {
  opened_votes_ = votes_;
  arrived_ = votes_ = 0;
}

}  // namespace shortlist::simt
