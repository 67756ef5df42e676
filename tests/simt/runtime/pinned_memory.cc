#include "simt/runtime/pinned_memory.h"

#include <cstdlib>
#include <cstring>

#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {
namespace {

constexpr std::size_t kAlignment = 256;

}  // namespace

PinnedMemory::~PinnedMemory() {
  for (const auto& [memory, bytes] : allocations_) std::free(memory);
}

void* PinnedMemory::Allocate(std::size_t bytes) {
  void* memory = nullptr;
  if (bytes == 0 || posix_memalign(&memory, kAlignment, bytes) != 0) return nullptr;
  std::memset(memory, kGarbage, bytes);
  const std::lock_guard lock(mutex_);
  allocations_.emplace(static_cast<char*>(memory), bytes);
  return memory;
}

bool PinnedMemory::Free(void* memory) {
  const std::lock_guard lock(mutex_);
  if (allocations_.erase(static_cast<char*>(memory)) == 0) return false;
  std::free(memory);
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
