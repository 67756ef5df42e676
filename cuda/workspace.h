// Scratch memory of operations on one device, taken like pages from a pad and given back all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cuda/device_memory.h"
#include "tensor/buffer.h"

namespace shortlist::cuda {

// What an error says of the operation that found no memory: its name, and the shapes of its largest operands.
struct WorkspaceUser {
  std::string_view operation;
  tensor::ConstMatrix first;
  tensor::ConstMatrix second;
};

// Memory is handed out in stream order: what one operation has taken may be taken again by the next one on the same
// stream, whose kernels start after those of the first. Grows by whole blocks when more is asked than ever before, and
// never frees or moves a block before it is destroyed; so a step that asks for what an earlier one asked for allocates
// nothing, and addresses captured in a graph stay valid. One thread at a time.
class Workspace {
 public:
  // Everything that was taken is free to be taken again, by `user`.
  void Reset(const WorkspaceUser& user) {
    position_ = {};
    user_ = user;
  }

  // `count` uninitialized values, 256-byte aligned, valid until Reset or Rewind; null for none. Throws as
  // AllocateDevice does.
  template <class T>
  T* Take(std::int64_t count) {
    return static_cast<T*>(TakeBytes(static_cast<std::size_t>(count) * sizeof(T)));
  }

  // How much is taken; Rewind gives back what was taken since.
  struct Position {
    std::size_t block = 0;
    std::size_t used = 0;  // bytes taken of that block
  };
  Position position() const { return position_; }
  void Rewind(Position position) { position_ = position; }

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
  Position position_;
  WorkspaceUser user_;
};

// Gives back, at the end of its life, what was taken from the workspace during it.
class WorkspaceScope {
 public:
  explicit WorkspaceScope(Workspace& workspace) : workspace_(workspace), start_(workspace.position()) {}
  ~WorkspaceScope() { workspace_.Rewind(start_); }
  WorkspaceScope(const WorkspaceScope&) = delete;
  WorkspaceScope& operator=(const WorkspaceScope&) = delete;

 private:
  Workspace& workspace_;
  Workspace::Position start_;
};

}  // namespace shortlist::cuda
