// Ranks that are GPUs, over NCCL on their queues.
//
// Sums are the same bits on every rank, in an order that NCCL chooses. All operations are on one stream beside the
// queue's, in the order of their calls: each waits for what the queue has been asked for before, and the queue waits
// for those that are not begun only (Begin...) and at Finish. Operations are queued and return; one that does not end
// within the timeout, because a rank is dead or hangs, is aborted, and the next call throws. NCCL cannot tell which
// rank is missing, so the ranks that are left meet over the host communicator, which can.
#pragma once

#include <chrono>
#include <memory>

#include "comm/communicator.h"
#include "cuda/nccl_library.h"
#include "cuda/queue.h"

namespace shortlist::cuda {

// The ranks of `host`, each with a queue of its own; buffers are memory of the queue's device. `host` carries what
// makes the ranks known to each other, and barriers. Queue and host must outlive it. A step that uses it cannot be
// captured in a graph. Throws Error{kUnavailable} or Error{kDeadlineExceeded} if the ranks do not come together.
std::unique_ptr<comm::Communicator> MakeNcclCommunicator(Queue& queue, comm::Communicator& host,
                                                         const NcclFunctions& nccl, std::chrono::milliseconds timeout);

}  // namespace shortlist::cuda
