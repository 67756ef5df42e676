#include "simt/runtime/device.h"

#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {
namespace {

constexpr std::size_t kAlignment = 256;  // so the guard before an allocation takes as much

std::size_t ReservedBytes(std::size_t bytes) {
  return kAlignment + bytes + kGuardBytes;
}

// Counts one down; true when it was the last.
bool CountDown(int& left) {
  if (left < 0) return false;
  return left-- == 0;
}

}  // namespace

Device::~Device() {
  for (const auto& [memory, bytes] : allocations_) Release(memory, bytes);
}

cudaError_t Device::Allocate(std::size_t bytes, void** memory) {
  const std::lock_guard lock(mutex_);
  *memory = nullptr;
  if (CountDown(allocations_to_failure_) || bytes > total_ - used_) return cudaErrorMemoryAllocation;
  if (bytes == 0) return cudaSuccess;
  auto* reserved = static_cast<char*>(LinkedMemoryChecker().Reserve(ReservedBytes(bytes)));
  if (reserved == nullptr) return cudaErrorMemoryAllocation;
  char* data = reserved + kAlignment;
  LinkedMemoryChecker().Open(data, bytes);
  allocations_.emplace(data, bytes);
  used_ += bytes;
  *memory = data;
  return cudaSuccess;
}

cudaError_t Device::Free(void* memory) {
  const std::lock_guard lock(mutex_);
  const auto found = allocations_.find(static_cast<char*>(memory));
  if (found == allocations_.end()) {
    TheMachine().reports().Add("memory", "frees what is not an allocation of this device");
    return cudaErrorInvalidValue;
  }
  Release(found->first, found->second);
  used_ -= found->second;
  allocations_.erase(found);
  return cudaSuccess;
}

void Device::Release(char* memory, std::size_t bytes) {
  LinkedMemoryChecker().Close(memory, bytes);
  LinkedMemoryChecker().Release(memory - kAlignment, ReservedBytes(bytes));
}

bool Device::Holds(const void* memory, std::size_t bytes) const {
  const std::span<char> allocation = AllocationAt(memory);
  return !allocation.empty() &&
         bytes <= static_cast<std::size_t>(allocation.data() + allocation.size() - static_cast<const char*>(memory));
}

std::span<char> Device::AllocationAt(const void* memory) const {
  const std::lock_guard lock(mutex_);
  const char* address = static_cast<const char*>(memory);
  auto after = allocations_.upper_bound(const_cast<char*>(address));
  if (after == allocations_.begin()) return {};
  const auto& [start, size] = *--after;
  return address < start + size ? std::span<char>(start, size) : std::span<char>();
}

std::size_t Device::total_bytes() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

std::size_t Device::free_bytes() const {
  const std::lock_guard lock(mutex_);
  return total_ - used_;
}

std::size_t Device::allocations() const {
  const std::lock_guard lock(mutex_);
  return allocations_.size();
}

void Device::SetTotalBytes(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  total_ = bytes;
}

void Device::FailAllocationAfter(int successes) {
  const std::lock_guard lock(mutex_);
  allocations_to_failure_ = successes;
}

void Device::FailKernelAfter(int successes, cudaError_t error) {
  const std::lock_guard lock(mutex_);
  kernels_to_failure_ = successes;
  kernel_failure_ = error;
}

void Device::Lose(cudaError_t error) {
  const std::lock_guard lock(mutex_);
  state_ = error;
}

void Device::Recover() {
  const std::lock_guard lock(mutex_);
  total_ = kDefaultBytes;
  allocations_to_failure_ = kernels_to_failure_ = kNever;
  state_ = cudaSuccess;
}

cudaError_t Device::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool Device::BeginKernel() {
  const std::lock_guard lock(mutex_);
  if (CountDown(kernels_to_failure_)) state_ = kernel_failure_;
  return state_ == cudaSuccess;
}

}  // namespace shortlist::simt
