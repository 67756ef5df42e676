// Capture of streams, and graphs.
#include <cuda_runtime.h>
#include <memory>
#include <utility>

#include "simt/runtime/api_call.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/submit.h"

using namespace shortlist::simt;  // NOLINT(google-build-using-namespace): defines the C functions of the runtime.

namespace {

cudaStreamCaptureStatus StatusOf(const Stream& stream) {
  if (stream.capture() == nullptr) return cudaStreamCaptureStatusNone;
  return stream.capture()->valid() ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusInvalidated;
}

}  // namespace

cudaError_t cudaStreamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode mode) {
  return ApiCall([=] {
    const std::shared_ptr<Stream> stream = TheMachine().streams().Find(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (stream->capture() != nullptr) return cudaErrorIllegalState;
    stream->set_capture(std::make_shared<Capture>(*stream, mode));
    return cudaSuccess;
  });
}

cudaError_t cudaStreamEndCapture(cudaStream_t handle, cudaGraph_t* graph) {
  return ApiCall([=] {
    *graph = nullptr;
    const std::shared_ptr<Stream> stream = TheMachine().streams().Find(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    const std::shared_ptr<Capture> capture = stream->capture();
    if (capture == nullptr) return cudaErrorIllegalState;
    if (&capture->origin() != stream.get()) return cudaErrorStreamCaptureUnmatched;
    auto recorded = std::make_shared<Graph>();
    const cudaError_t status = capture->End(*recorded);
    if (status == cudaSuccess) *graph = static_cast<cudaGraph_t>(TheMachine().graphs().Add(std::move(recorded)));
    return status;
  });
}

cudaError_t cudaStreamIsCapturing(cudaStream_t handle, cudaStreamCaptureStatus* status) {
  return ApiCall([=] {
    const std::shared_ptr<Stream> stream = TheMachine().streams().Find(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    *status = StatusOf(*stream);
    return cudaSuccess;
  });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long /*flags*/) {
  return ApiCall([=] {
    const std::shared_ptr<Graph> found = TheMachine().graphs().Find(graph);
    if (found == nullptr) return cudaErrorInvalidValue;
    auto copy = std::make_shared<Graph>(*found);
    *executable = static_cast<cudaGraphExec_t>(TheMachine().executable_graphs().Add(std::move(copy)));
    return cudaSuccess;
  });
}

// Stricter than the real call, which also accepts some changes of a kernel.
cudaError_t cudaGraphExecUpdate(cudaGraphExec_t executable, cudaGraph_t graph, cudaGraphExecUpdateResultInfo* result) {
  return ApiCall([=] {
    const std::shared_ptr<Graph> target = TheMachine().executable_graphs().Find(executable);
    const std::shared_ptr<Graph> source = TheMachine().graphs().Find(graph);
    if (target == nullptr || source == nullptr) return cudaErrorInvalidValue;
    const bool fits = target->HasTopologyOf(*source);
    *result = {};
    result->result = fits ? cudaGraphExecUpdateSuccess : cudaGraphExecUpdateErrorTopologyChanged;
    if (!fits) return cudaErrorGraphExecUpdateFailure;
    *target = *source;
    return cudaSuccess;
  });
}

// The launch runs what the executable graph holds now, whatever becomes of it later.
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  return ApiCall([=] {
    const std::shared_ptr<Graph> found = TheMachine().executable_graphs().Find(executable);
    if (found == nullptr) return cudaErrorInvalidValue;
    return Submit(stream, {OperationKind::kGraph, nullptr, [graph = *found] {
                             const std::uint64_t number = TheMachine().counters().graph_launches++;
                             const Schedule& schedule = TheMachine().schedule();
                             graph.Run(schedule.order, Random(schedule.seed, number));
                           }});
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return Remember(TheMachine().graphs().Remove(graph) == nullptr ? cudaErrorInvalidValue : cudaSuccess);
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  return Remember(TheMachine().executable_graphs().Remove(executable) == nullptr ? cudaErrorInvalidValue : cudaSuccess);
}
