// Memory, copies and fills.
#include <cstring>
#include <cuda_runtime.h>
#include <memory>
#include <utility>
#include <vector>

#include "simt/runtime/api_call.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"
#include "simt/runtime/submit.h"

using namespace shortlist::simt;  // NOLINT(google-build-using-namespace): defines the C functions of the runtime.

namespace {

struct Direction {
  bool from_device;
  bool to_device;
};

Direction DirectionOf(cudaMemcpyKind kind, const void* source, const void* target) {
  switch (kind) {
    case cudaMemcpyHostToHost:
      return {false, false};
    case cudaMemcpyHostToDevice:
      return {false, true};
    case cudaMemcpyDeviceToHost:
      return {true, false};
    case cudaMemcpyDeviceToDevice:
      return {true, true};
    default:
      return {IsDeviceMemory(source), IsDeviceMemory(target)};
  }
}

bool IsRight(const void* memory, std::size_t bytes, bool on_device, const char* user) {
  if (on_device) return CheckDeviceRange(memory, bytes, user);
  if (!IsDeviceMemory(memory)) return true;
  TheMachine().reports().Add("memory", std::string(user) + ": memory of a device is given as the host's");
  return false;
}

bool IsRightCopy(const void* source, const void* target, std::size_t bytes, Direction direction) {
  return IsRight(source, bytes, direction.from_device, "the source of a copy") &&
         IsRight(target, bytes, direction.to_device, "the target of a copy");
}

void CopyBytes(const void* source, void* target, std::size_t bytes, Direction direction) {
  if (direction.from_device) LinkedMemoryChecker().Read(source, bytes, "copy");
  std::memmove(target, source, bytes);
  if (direction.to_device) LinkedMemoryChecker().Written(target, bytes);
}

void Count(std::size_t bytes, Direction direction) {
  if (!direction.from_device && direction.to_device) TheMachine().counters().uploaded_bytes += bytes;
  if (direction.from_device && !direction.to_device) TheMachine().counters().downloaded_bytes += bytes;
}

struct Copy {
  const void* source;
  void* target;
  std::size_t bytes;
  Direction direction;
};

cudaError_t CopyFromPageable(const Copy& copy, cudaStream_t stream) {
  const auto* begin = static_cast<const char*>(copy.source);
  const auto staged = std::make_shared<std::vector<char>>(begin, begin + copy.bytes);
  return Submit(stream, {OperationKind::kCopy, nullptr,
                         [staged, copy] { CopyBytes(staged->data(), copy.target, copy.bytes, copy.direction); }});
}

cudaError_t CopyInOrder(const Copy& copy, cudaStream_t stream) {
  return Submit(stream, {OperationKind::kCopy, nullptr,
                         [copy] { CopyBytes(copy.source, copy.target, copy.bytes, copy.direction); }});
}

// The real call stages such a copy, for which the driver may wait for the stream, and waits for one to the host.
cudaError_t CopyPageable(const Copy& copy, cudaStream_t handle) {
  const std::shared_ptr<Stream> stream = TheMachine().streams().Find(handle);
  if (stream != nullptr && stream->capture() != nullptr) {
    stream->capture()->Invalidate();
    return cudaErrorStreamCaptureUnsupported;
  }
  ++TheMachine().counters().host_synchronizations;
  if (!copy.direction.from_device) return CopyFromPageable(copy, handle);
  const cudaError_t status = CopyInOrder(copy, handle);
  if (stream != nullptr) stream->AwaitAll();
  return status;
}

bool IsPageable(const Copy& copy) {
  const PinnedMemory& pinned = TheMachine().pinned_memory();
  return (!copy.direction.from_device && !pinned.Holds(copy.source, copy.bytes)) ||
         (!copy.direction.to_device && !pinned.Holds(copy.target, copy.bytes));
}

cudaError_t AllocatePinned(void** memory, std::size_t bytes) {
  ++TheMachine().counters().pinned_allocations;
  *memory = TheMachine().pinned_memory().Allocate(bytes);
  return *memory != nullptr || bytes == 0 ? cudaSuccess : cudaErrorMemoryAllocation;
}

void RunAllStreamsOfDevice() {
  for (const auto& stream : TheMachine().streams().All()) {
    if (stream->device() == CurrentDevice()) stream->AwaitAll();
  }
}

}  // namespace

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  return UnsafeApiCall([=] {
    ++TheMachine().counters().device_allocations;
    return TheMachine().device(CurrentDevice()).Allocate(bytes, memory);
  });
}

// Waits for the device, as the real call does.
cudaError_t cudaFree(void* memory) {
  if (memory == nullptr) return cudaSuccess;
  return UnsafeApiCall([=] {
    ++TheMachine().counters().host_synchronizations;
    RunAllStreamsOfDevice();
    return TheMachine().device(CurrentDevice()).Free(memory);
  });
}

cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
  return UnsafeApiCall([=] { return AllocatePinned(memory, bytes); });
}

cudaError_t cudaHostAlloc(void** memory, std::size_t bytes, unsigned /*flags*/) {
  return UnsafeApiCall([=] { return AllocatePinned(memory, bytes); });
}

cudaError_t cudaFreeHost(void* memory) {
  if (memory == nullptr) return cudaSuccess;
  return UnsafeApiCall([=] {
    ++TheMachine().counters().host_synchronizations;
    RunAllStreamsOfDevice();
    if (TheMachine().pinned_memory().Free(memory)) return cudaSuccess;
    TheMachine().reports().Add("memory", "frees what is not pinned memory");
    return cudaErrorInvalidValue;
  });
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  return ApiCall([=] {
    const Device& device = TheMachine().device(CurrentDevice());
    *free = device.free_bytes();
    *total = device.total_bytes();
    return cudaSuccess;
  });
}

cudaError_t cudaMemcpyAsync(void* target, const void* source, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return ApiCall([=] {
    const Direction direction = DirectionOf(kind, source, target);
    if (!IsRightCopy(source, target, bytes, direction)) return cudaErrorInvalidValue;
    Count(bytes, direction);
    const Copy copy{source, target, bytes, direction};
    return bytes > 0 && IsPageable(copy) ? CopyPageable(copy, stream) : CopyInOrder(copy, stream);
  });
}

// On the legacy default stream, which only streams without cudaStreamNonBlocking wait for; so it is done at once.
cudaError_t cudaMemcpy(void* target, const void* source, std::size_t bytes, cudaMemcpyKind kind) {
  return UnsafeApiCall([=] {
    const Direction direction = DirectionOf(kind, source, target);
    if (!IsRightCopy(source, target, bytes, direction)) return cudaErrorInvalidValue;
    ++TheMachine().counters().host_synchronizations;
    Count(bytes, direction);
    CopyBytes(source, target, bytes, direction);
    return cudaSuccess;
  });
}

cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t stream) {
  return ApiCall([=] {
    if (!CheckDeviceRange(memory, bytes, "a fill")) return cudaErrorInvalidValue;
    return Submit(stream, {OperationKind::kFill, nullptr, [=] {
                             std::memset(memory, value, bytes);
                             LinkedMemoryChecker().Written(memory, bytes);
                           }});
  });
}
