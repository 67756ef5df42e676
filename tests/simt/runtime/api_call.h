// What calls of the runtime have in common.
#pragma once

#include <driver_types.h>

namespace shortlist::simt {

// The calling thread's device.
int CurrentDevice();
void SetCurrentDevice(int device);

// Remembers a failure for cudaGetLastError and returns the status.
cudaError_t Remember(cudaError_t status);
cudaError_t LastError();
void ForgetLastError();

// cudaSuccess, or why no call can succeed: no driver, or the current device is lost.
cudaError_t StateOfCurrentDevice();

// cudaErrorStreamCaptureUnsupported, invalidating the captures, if one is under way that forbids unsafe calls here.
cudaError_t RefuseDuringCapture();

template <class Body>
cudaError_t ApiCall(Body body) {
  const cudaError_t state = StateOfCurrentDevice();
  if (state != cudaSuccess) return Remember(state);
  const cudaError_t status = body();
  // Work that ran eagerly may have lost the device; a call that comes later will tell.
  return Remember(status);
}

// A call that a capture forbids.
template <class Body>
cudaError_t UnsafeApiCall(Body body) {
  return ApiCall([&] {
    const cudaError_t refused = RefuseDuringCapture();
    return refused != cudaSuccess ? refused : body();
  });
}

}  // namespace shortlist::simt
