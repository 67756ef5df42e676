// What may be done with each byte of the device arena.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simt/detector/reservation.h"

namespace shortlist::simt {

class ByteStates {
 public:
  explicit ByteStates(std::size_t bytes) : states_(bytes) {}

  // [offset, offset + bytes) may be accessed, and holds nothing yet. `shared`: it is a block's shared memory.
  void Open(std::size_t offset, std::size_t bytes, bool shared);
  void Close(std::size_t offset, std::size_t bytes);
  // Bytes that are open may not be accessed for a while; whether they have been written is kept.
  void Forbid(std::size_t offset, std::size_t bytes);
  void Permit(std::size_t offset, std::size_t bytes);
  // The bytes are open.
  void MarkWritten(std::size_t offset, std::size_t bytes);

  // The number of leading bytes of the range that may be accessed, or that have been written.
  std::size_t OpenPrefix(std::size_t offset, std::size_t bytes) const { return PrefixWith(kOpen, offset, bytes); }
  std::size_t WrittenPrefix(std::size_t offset, std::size_t bytes) const { return PrefixWith(kWritten, offset, bytes); }
  bool IsShared(std::size_t offset) const { return (*At(offset) & kShared) != 0; }

 private:
  // Untouched memory, which is zero, is closed.
  enum State : std::uint8_t { kOpen = 1, kWritten = 2, kShared = 4 };

  std::uint8_t* At(std::size_t offset) const { return reinterpret_cast<std::uint8_t*>(states_.data()) + offset; }
  std::size_t PrefixWith(State state, std::size_t offset, std::size_t bytes) const;

  Reservation states_;
};

}  // namespace shortlist::simt
