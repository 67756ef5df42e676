// Devices and errors.
#include <cstdio>
#include <cuda_runtime.h>

#include "simt/runtime/api_call.h"
#include "simt/runtime/error_names.h"
#include "simt/runtime/limits.h"
#include "simt/runtime/machine.h"

using namespace shortlist::simt;  // NOLINT(google-build-using-namespace): defines the C functions of the runtime.

namespace {

bool Exists(int device) {
  return device >= 0 && device < TheMachine().device_count();
}

// For attributes that nobody asks for, there is no answer rather than a wrong one.
cudaError_t Attribute(cudaDeviceAttr attribute, int* value) {
  switch (attribute) {
    case cudaDevAttrComputeCapabilityMajor:
      *value = kComputeMajor;
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor:
      *value = kComputeMinor;
      return cudaSuccess;
    case cudaDevAttrMultiProcessorCount:
      *value = kMultiprocessors;
      return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = static_cast<int>(kDefaultSharedBytes);
      return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(kSharedBytesPerBlock);
      return cudaSuccess;
    case cudaDevAttrMaxThreadsPerBlock:
      *value = kThreadsPerBlock;
      return cudaSuccess;
    case cudaDevAttrWarpSize:
      *value = kWarpSize;
      return cudaSuccess;
    default:
      return cudaErrorNotSupported;
  }
}

}  // namespace

cudaError_t cudaGetDeviceCount(int* count) {
  // Without a driver the count is left as it was, as the real call does.
  if (TheMachine().driver_state() != cudaSuccess) return Remember(TheMachine().driver_state());
  if (TheMachine().device_count() == 0) return Remember(cudaErrorNoDevice);
  *count = TheMachine().device_count();
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  if (TheMachine().driver_state() != cudaSuccess) return Remember(TheMachine().driver_state());
  if (!Exists(device)) return Remember(cudaErrorInvalidDevice);
  SetCurrentDevice(device);
  return Remember(TheMachine().device(device).state());
}

cudaError_t cudaGetDevice(int* device) {
  *device = CurrentDevice();
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (!Exists(device)) return Remember(cudaErrorInvalidDevice);
  *properties = {};
  std::snprintf(properties->name, sizeof(properties->name), "simulated device");
  properties->totalGlobalMem = TheMachine().device(device).total_bytes();
  properties->major = kComputeMajor;
  properties->minor = kComputeMinor;
  properties->multiProcessorCount = kMultiprocessors;
  properties->maxThreadsPerBlock = kThreadsPerBlock;
  properties->warpSize = kWarpSize;
  properties->sharedMemPerBlock = kDefaultSharedBytes;
  properties->sharedMemPerBlockOptin = kSharedBytesPerBlock;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  return Remember(Exists(device) ? Attribute(attribute, value) : cudaErrorInvalidDevice);
}

cudaError_t cudaDeviceSynchronize() {
  return UnsafeApiCall([] {
    ++TheMachine().counters().host_synchronizations;
    for (const auto& stream : TheMachine().streams().All()) {
      if (stream->device() == CurrentDevice()) stream->AwaitAll();
    }
    return StateOfCurrentDevice();
  });
}

cudaError_t cudaDriverGetVersion(int* version) {
  *version = TheMachine().driver_state() == cudaSuccess ? CUDART_VERSION : 0;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetLastError() {
  const cudaError_t error = LastError();
  ForgetLastError();
  return error;
}

cudaError_t cudaPeekAtLastError() {
  return LastError();
}

const char* cudaGetErrorString(cudaError_t error) {
  return TextOf(error).words;
}

const char* cudaGetErrorName(cudaError_t error) {
  return TextOf(error).name;
}
