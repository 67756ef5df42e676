// Owners of memory: a device's own, and host memory that a device copies from without help of the processor.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace shortlist::cuda {

struct DeviceFree {
  void operator()(void* data) const noexcept;
};
struct PinnedFree {
  void operator()(void* data) const noexcept;
};

using DeviceMemory = std::unique_ptr<void, DeviceFree>;
using PinnedMemory = std::unique_ptr<void, PinnedFree>;

// Uninitialized memory on the thread's current device, 256-byte aligned; null for 0 bytes. Throws
// Error{kResourceExhausted} with `purpose`, the bytes asked for and those that are free. Freeing waits for the device.
DeviceMemory AllocateDevice(std::size_t bytes, std::string_view purpose);

// The same for page-locked host memory.
PinnedMemory AllocatePinned(std::size_t bytes, std::string_view purpose);

}  // namespace shortlist::cuda
