// What the devices of a job and the links between them do, measured.
#pragma once

#include "comm/communicator.h"
#include "tensor/backend.h"
#include "train/plan.h"

namespace shortlist::train {

// Replaces the rates, the latency and the number of devices of `cluster` by those of this job; takes about a second.
// The links are measured while all ranks send at once, and the slowest rank counts. Every rank calls it and gets the
// same. With one rank the links stay as they are. Links inside and between hosts are not told apart.
Cluster MeasureRates(Cluster cluster, comm::Communicator& communicator, tensor::Backend& backend);

}  // namespace shortlist::train
