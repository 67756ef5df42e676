#include "cuda/device_memory.h"

#include <cuda_runtime_api.h>

#include "cuda/check.h"

namespace shortlist::cuda {

// A device that fails while memory is given back has reported, or will report, its failure elsewhere.
void DeviceFree::operator()(void* data) const noexcept {
  cudaFree(data);
}

void PinnedFree::operator()(void* data) const noexcept {
  cudaFreeHost(data);
}

DeviceMemory AllocateDevice(std::size_t bytes, std::string_view purpose) {
  void* data = nullptr;
  if (bytes > 0) CheckAllocation(cudaMalloc(&data, bytes), purpose, bytes);
  return DeviceMemory(data);
}

PinnedMemory AllocatePinned(std::size_t bytes, std::string_view purpose) {
  void* data = nullptr;
  if (bytes > 0) CheckAllocation(cudaMallocHost(&data, bytes), purpose, bytes);
  return PinnedMemory(data);
}

}  // namespace shortlist::cuda
