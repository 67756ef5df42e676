// One simulated device: its memory, and what tests make go wrong on it.
#pragma once

#include <cstddef>
#include <driver_types.h>
#include <map>
#include <mutex>
#include <span>

namespace shortlist::simt {

// Any thread may call.
class Device {
 public:
  Device() = default;
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // Garbage-filled memory between guards, 256-byte aligned.
  cudaError_t Allocate(std::size_t bytes, void** memory);
  // Reports memory that is not an allocation of this device.
  cudaError_t Free(void* memory);
  // Whether these bytes lie in one allocation; with no bytes, whether the address does.
  bool Holds(const void* memory, std::size_t bytes) const;
  // The allocation that the address lies in; empty if there is none.
  std::span<char> AllocationAt(const void* memory) const;

  std::size_t total_bytes() const;
  std::size_t free_bytes() const;
  std::size_t allocations() const;

  // For tests.
  void SetTotalBytes(std::size_t bytes);
  // One allocation fails, after `successes` more have been made.
  void FailAllocationAfter(int successes);
  // One kernel fails as it runs, after `successes` more have run, and takes the device with it.
  void FailKernelAfter(int successes, cudaError_t error);
  // From here on every call fails with `error`.
  void Lose(cudaError_t error);
  // Ends all of the above.
  void Recover();

  // What every call returns.
  cudaError_t state() const;
  // A kernel is about to run; false if it fails instead.
  bool BeginKernel();

 private:
  static constexpr int kNever = -1;
  static constexpr std::size_t kDefaultBytes = std::size_t{1} << 30;

  void Release(char* memory, std::size_t bytes);

  mutable std::mutex mutex_;
  std::map<char*, std::size_t> allocations_;
  std::size_t total_ = kDefaultBytes;
  std::size_t used_ = 0;
  int allocations_to_failure_ = kNever;
  int kernels_to_failure_ = kNever;
  cudaError_t kernel_failure_ = cudaSuccess;
  cudaError_t state_ = cudaSuccess;
};

}  // namespace shortlist::simt
