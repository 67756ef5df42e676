#include "simt/conformance/simulated_ranks.h"

#include <string>
#include <thread>
#include <vector>

#include "conformance/communicators.h"
#include "cuda/nccl_communicator.h"
#include "simt/conformance/staged_communicator.h"
#include "simt/runtime/machine.h"

namespace shortlist::conformance {
namespace {

using Body = std::function<void(comm::Communicator&)>;

WorldRow Row(int ranks, simt::StreamMode streams) {
  const char* mode = streams == simt::StreamMode::kEager ? "_eager" : "_lazy";
  return {"nccl_" + std::to_string(ranks) + mode, ranks, [ranks, streams](const Body& body) {
            simt::TheMachine().set_schedule({simt::Order::kForward, 0, streams});
            RunSimulatedRanks(ranks, std::chrono::minutes(5), [&](SimulatedRank rank) {
              body(*MakeStagedCommunicator(rank.communicator, rank.backend));
            });
          }};
}

}  // namespace

cuda::NcclFunctions SimulatedNccl() {
  return {ncclGetUniqueId,    ncclCommInitRankConfig, ncclCommDestroy, ncclCommAbort, ncclCommGetAsyncError,
          ncclGetErrorString, ncclGroupStart,         ncclGroupEnd,    ncclAllReduce, ncclAllGather,
          ncclReduceScatter,  ncclBroadcast,          ncclSend,        ncclRecv};
}

void RunSimulatedRanks(int ranks, std::chrono::milliseconds timeout, const std::function<void(SimulatedRank)>& body) {
  const cuda::NcclFunctions nccl = SimulatedNccl();
  std::vector<std::thread> threads;
  for (auto& host : comm::MakeThreadCommunicators(ranks)) {
    threads.emplace_back([&body, &nccl, timeout, host = std::move(host)] {
      cuda::CudaBackend backend(host->rank(), Precision::kFloat32);
      body({backend, *cuda::MakeNcclCommunicator(backend.queue(), *host, nccl, timeout)});
    });
  }
  for (std::thread& thread : threads) thread.join();
}

std::vector<WorldRow> Worlds() {
  std::vector<WorldRow> worlds;
  for (const int ranks : {1, 2, 3, 5}) {
    worlds.push_back(Row(ranks, simt::StreamMode::kEager));
    worlds.push_back(Row(ranks, simt::StreamMode::kLazy));
  }
  return worlds;
}

}  // namespace shortlist::conformance
