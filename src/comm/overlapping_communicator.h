// Operations of a communicator that overlap with what its rank computes.
#pragma once

#include <memory>

#include "comm/communicator.h"

namespace shortlist::comm {

// `blocking` is of host memory, and its operations are done when they return. Those that begin run on a thread of their
// own, in the order of their calls; all others wait for them and run on the caller's thread. What one of them throws,
// the next call throws.
std::unique_ptr<Communicator> MakeOverlappingCommunicator(std::unique_ptr<Communicator> blocking);

}  // namespace shortlist::comm
