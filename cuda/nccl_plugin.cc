// What the program finds in libshortlist_cuda.so for ranks that are GPUs; see comm/device_communicator.h.
#include "comm/device_communicator.h"
#include "cuda/cuda_backend.h"
#include "cuda/nccl_communicator.h"

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, whose name is kDeviceCommunicatorEntry.
extern "C" __attribute__((visibility("default"))) shortlist::comm::Communicator* shortlist_device_communicator_1(
    shortlist::tensor::Backend& backend, shortlist::comm::Communicator& host, std::int64_t timeout_milliseconds) {
  using shortlist::cuda::CudaBackend;
  shortlist::cuda::Queue& queue = dynamic_cast<CudaBackend&>(backend).queue();
  return shortlist::cuda::MakeNcclCommunicator(queue, host, shortlist::cuda::OpenNccl(),
                                               std::chrono::milliseconds(timeout_milliseconds))
      .release();
}
