#include "simt/runtime/shared_arena.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "simt/runtime/garbage_memory.h"
#include "simt/runtime/limits.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {
namespace {

constexpr std::size_t kAlignment = 16;
// Room for the guards of as many pieces as a block could sensibly have, and for pieces beyond the limit, which is
// reported.
constexpr std::size_t kArenaBytes = std::size_t{1} << 20;

}  // namespace

SharedArena::SharedArena() : memory_(static_cast<char*>(LinkedMemoryChecker().Reserve(kArenaBytes))) {
  if (memory_ == nullptr) throw std::bad_alloc();
}

SharedArena::~SharedArena() {
  LinkedMemoryChecker().Release(memory_, kArenaBytes);
}

void* SharedArena::Find(const void* key, std::size_t bytes, std::size_t alignment) {
  for (const Piece& piece : pieces_) {
    if (piece.key == key) return piece.data;
  }
  return Add(key, bytes, std::max(alignment, kAlignment));
}

char* SharedArena::Add(const void* key, std::size_t bytes, std::size_t alignment) {
  const std::size_t begin = (used_ + kGuardBytes + alignment - 1) / alignment * alignment;
  used_ = begin + bytes + kGuardBytes;
  if (used_ > kArenaBytes) throw std::bad_alloc();
  bytes_ += bytes;
  if (bytes_ > kSharedBytesPerBlock) {
    TheMachine().reports().Add("shared memory", "a block uses " + std::to_string(bytes_) + " bytes, more than the " +
                                                    std::to_string(kSharedBytesPerBlock) + " of the device");
  }
  char* data = memory_ + begin;
  LinkedMemoryChecker().Open(data, bytes);
  std::memset(data, kGarbage, bytes);
  pieces_.push_back({key, data, bytes});
  return data;
}

void SharedArena::Clear() {
  for (const Piece& piece : pieces_) LinkedMemoryChecker().Close(piece.data, piece.bytes);
  pieces_.clear();
  used_ = 0;
  bytes_ = 0;
}

}  // namespace shortlist::simt
