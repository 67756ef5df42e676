// Owners of streams and events.
#pragma once

#include <cuda_runtime_api.h>
#include <memory>
#include <type_traits>

namespace shortlist::cuda {

struct HandleDestroy {
  void operator()(cudaStream_t stream) const noexcept { cudaStreamDestroy(stream); }
  void operator()(cudaEvent_t event) const noexcept { cudaEventDestroy(event); }
  void operator()(cudaGraph_t graph) const noexcept { cudaGraphDestroy(graph); }
  void operator()(cudaGraphExec_t graph) const noexcept { cudaGraphExecDestroy(graph); }
};

template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, HandleDestroy>;

using Stream = Owned<cudaStream_t>;
using Event = Owned<cudaEvent_t>;
using Graph = Owned<cudaGraph_t>;
using ExecutableGraph = Owned<cudaGraphExec_t>;

// On the thread's current device. The stream does not wait for the legacy default stream; the event measures no time.
// Both throw as Check does.
Stream MakeStream();
Event MakeEvent();

}  // namespace shortlist::cuda
