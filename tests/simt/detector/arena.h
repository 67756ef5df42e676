// Address space for all memory of the devices, handed out at addresses that are never used twice, so that an access
// through a stale or foreign pointer is known as such; and a list of the pieces in it that are, or were, open.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "simt/detector/reservation.h"

namespace shortlist::simt {

// May be used by several threads at once.
class Arena {
 public:
  explicit Arena(std::size_t bytes) : memory_(bytes) {}

  // 256-byte aligned; null when the arena is used up.
  void* Reserve(std::size_t bytes);
  // The range is not used again; its memory goes back to the system.
  void Release(void* data, std::size_t bytes) { memory_.Discard(Offset(data), bytes); }

  void Open(const void* data, std::size_t bytes);
  void Close(const void* data);

  bool Contains(const void* data) const { return Offset(data) < memory_.size(); }
  std::size_t Offset(const void* data) const {
    return static_cast<std::size_t>(static_cast<const char*>(data) - memory_.data());
  }

  // Where `data` lies, for a message: "4 bytes behind the end of a piece of 128 bytes".
  std::string Describe(const void* data) const;
  // Lies in a piece that has been closed.
  bool WasClosed(const void* data) const;

 private:
  struct Piece {
    std::size_t bytes;
    bool closed;
  };
  using Pieces = std::map<std::size_t, Piece>;  // by offset

  // The last piece that begins at or before `offset`, or end().
  Pieces::const_iterator Nearest(std::size_t offset) const;

  Reservation memory_;
  mutable std::mutex mutex_;
  Pieces pieces_;
  std::size_t used_ = 0;
};

}  // namespace shortlist::simt
