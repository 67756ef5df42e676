#include "simt/runtime/submit.h"

#include <memory>
#include <string>
#include <utility>

#include "simt/runtime/capture.h"
#include "simt/runtime/machine.h"

namespace shortlist::simt {
namespace {

bool SomeDeviceHolds(const void* memory, std::size_t bytes) {
  for (int device = 0; device < Machine::kMostDevices; ++device) {
    if (TheMachine().device(device).Holds(memory, bytes)) return true;
  }
  return false;
}

}  // namespace

cudaError_t Submit(cudaStream_t handle, Operation operation) {
  const std::shared_ptr<Stream> stream = TheMachine().streams().Find(handle);
  if (stream == nullptr) {
    TheMachine().reports().Add("stream", "an operation names no stream that was created");
    return cudaErrorInvalidResourceHandle;
  }
  if (stream->capture() != nullptr) {
    if (!stream->capture()->valid()) return cudaErrorStreamCaptureInvalidated;
    stream->capture()->Add(*stream, std::move(operation));
    return cudaSuccess;
  }
  const std::uint64_t number = stream->Push(std::move(operation));
  if (TheMachine().schedule().streams == StreamMode::kEager) stream->RunThrough(number);
  return cudaSuccess;
}

bool CheckDeviceRange(const void* memory, std::size_t bytes, const char* user) {
  if (bytes == 0 || SomeDeviceHolds(memory, bytes)) return true;
  TheMachine().reports().Add(
      "memory", std::string(user) + ": " + std::to_string(bytes) + " bytes do not lie in one allocation of a device");
  return false;
}

bool IsDeviceMemory(const void* memory) {
  return SomeDeviceHolds(memory, 0);
}

}  // namespace shortlist::simt
