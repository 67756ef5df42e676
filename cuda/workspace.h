// Scratch memory of operations on one device, taken like pages from a pad and given back all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cuda/device_memory.h"

namespace shortlist::cuda {

// Memory is handed out in stream order: what one operation has taken may be taken again by the next one on the same
// stream, whose kernels start after those of the first. Grows by whole blocks when more is asked than ever before, and
// never frees or moves a block before it is destroyed; so a step that asks for what an earlier one asked for allocates
// nothing, and addresses captured in a graph stay valid. One thread at a time.
class Workspace {
 public:
  // Everything that was taken is free to be taken again.
  void Reset();

  // `count` uninitialized values, 256-byte aligned, valid until Reset; null for none. Throws as AllocateDevice does.
  template <class T>
  T* Take(std::int64_t count) {
    return static_cast<T*>(TakeBytes(static_cast<std::size_t>(count) * sizeof(T)));
  }

  // Bytes held on the device.
  std::size_t capacity() const;

 private:
  struct Block {
    DeviceMemory memory;
    std::size_t bytes;
  };

  void* TakeBytes(std::size_t bytes);
  void Grow(std::size_t bytes);

  std::vector<Block> blocks_;
  std::size_t current_ = 0;  // the block that is taken from
  std::size_t used_ = 0;     // bytes taken of it
};

}  // namespace shortlist::cuda
