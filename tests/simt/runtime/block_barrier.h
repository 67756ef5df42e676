// The barrier of a block.
#pragma once

#include "simt/device/call_site.h"

namespace shortlist::simt {

class BlockBarrier {
 public:
  void Begin(int threads);

  // A thread arrives; true if all threads that have not returned have. Reports threads that meet at different places or
  // after others have returned.
  bool Arrive(bool vote, CallSite site);
  // A thread's kernel has returned; true if the others wait only for it. Reports that.
  bool ThreadEnds();
  // All go on.
  void Open();

  // Votes of the latest opening.
  int votes() const { return opened_votes_; }

 private:
  int threads_ = 0;
  int running_ = 0;
  int arrived_ = 0;
  int votes_ = 0;
  int opened_votes_ = 0;
  CallSite site_;
};

}  // namespace shortlist::simt
