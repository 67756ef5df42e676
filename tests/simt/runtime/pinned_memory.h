// Host memory that the device may copy to and from on its own.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>

namespace shortlist::simt {

// Any thread may call.
class PinnedMemory {
 public:
  PinnedMemory() = default;
  ~PinnedMemory();
  PinnedMemory(const PinnedMemory&) = delete;
  PinnedMemory& operator=(const PinnedMemory&) = delete;

  // Garbage-filled; null if there is none left.
  void* Allocate(std::size_t bytes);
  // False if it is no allocation.
  bool Free(void* memory);
  bool Holds(const void* memory, std::size_t bytes) const;

 private:
  mutable std::mutex mutex_;
  std::map<char*, std::size_t> allocations_;
};

}  // namespace shortlist::simt
