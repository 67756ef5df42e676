#include "simt/runtime/api_call.h"

#include "simt/runtime/machine.h"

namespace shortlist::simt {
namespace {

thread_local int current_device = 0;
thread_local cudaError_t last_error = cudaSuccess;

}  // namespace

int CurrentDevice() {
  return current_device;
}

void SetCurrentDevice(int device) {
  current_device = device;
}

cudaError_t Remember(cudaError_t status) {
  if (status != cudaSuccess) last_error = status;
  return status;
}

cudaError_t LastError() {
  return last_error;
}

void ForgetLastError() {
  last_error = cudaSuccess;
}

cudaError_t StateOfCurrentDevice() {
  const cudaError_t driver = TheMachine().driver_state();
  return driver != cudaSuccess ? driver : TheMachine().device(current_device).state();
}

cudaError_t RefuseDuringCapture() {
  cudaError_t status = cudaSuccess;
  for (const auto& stream : TheMachine().streams().All()) {
    if (stream->capture() == nullptr || !stream->capture()->ForbidsUnsafeCalls()) continue;
    stream->capture()->Invalidate();
    status = cudaErrorStreamCaptureUnsupported;
  }
  return status;
}

}  // namespace shortlist::simt
