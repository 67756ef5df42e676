// Ranks that are threads, each with a simulated GPU of its own, over the simulated NCCL.
#pragma once

#include <chrono>
#include <functional>

#include "comm/communicator.h"
#include "cuda/cuda_backend.h"
#include "cuda/nccl_library.h"

namespace shortlist::conformance {

// The simulation's own functions.
cuda::NcclFunctions SimulatedNccl();

struct SimulatedRank {
  cuda::CudaBackend& backend;
  comm::Communicator& communicator;  // of device memory
};

// Runs `body` on every rank and returns when all are done.
void RunSimulatedRanks(int ranks, std::chrono::milliseconds timeout, const std::function<void(SimulatedRank)>& body);

}  // namespace shortlist::conformance
