#include "simt/runtime/pinned_memory.h"

#include "simt/runtime/garbage_memory.h"

namespace shortlist::simt {
PinnedMemory::~PinnedMemory() {
  for (const auto& [memory, bytes] : allocations_) FreeGarbage(memory, bytes);
}

void* PinnedMemory::Allocate(std::size_t bytes) {
  void* memory = bytes == 0 ? nullptr : AllocateGarbage(bytes);
  if (memory == nullptr) return nullptr;
  const std::lock_guard lock(mutex_);
  allocations_.emplace(static_cast<char*>(memory), bytes);
  return memory;
}

bool PinnedMemory::Free(void* memory) {
  const std::lock_guard lock(mutex_);
  const auto found = allocations_.find(static_cast<char*>(memory));
  if (found == allocations_.end()) return false;
  FreeGarbage(memory, found->second);
  allocations_.erase(found);
  return true;
}

bool PinnedMemory::Holds(const void* memory, std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  const char* begin = static_cast<const char*>(memory);
  auto after = allocations_.upper_bound(const_cast<char*>(begin));
  if (after == allocations_.begin()) return false;
  const auto& [start, size] = *--after;
  return begin < start + size && bytes <= static_cast<std::size_t>(start + size - begin);
}

}  // namespace shortlist::simt
