#include "simt/detector/byte_states.h"

#include <algorithm>
#include <cstring>

namespace shortlist::simt {

void ByteStates::Open(std::size_t offset, std::size_t bytes, bool shared) {
  std::memset(At(offset), shared ? kOpen | kShared : kOpen, bytes);
}

void ByteStates::Close(std::size_t offset, std::size_t bytes) {
  std::memset(At(offset), 0, bytes);
  states_.Discard(offset, bytes);
}

void ByteStates::Forbid(std::size_t offset, std::size_t bytes) {
  std::uint8_t* const first = At(offset);
  std::for_each(first, first + bytes, [](std::uint8_t& state) { state &= static_cast<std::uint8_t>(~kOpen); });
}

void ByteStates::Permit(std::size_t offset, std::size_t bytes) {
  std::uint8_t* const first = At(offset);
  std::for_each(first, first + bytes, [](std::uint8_t& state) { state |= kOpen; });
}

void ByteStates::MarkWritten(std::size_t offset, std::size_t bytes) {
  std::uint8_t* const first = At(offset);
  std::for_each(first, first + bytes, [](std::uint8_t& state) { state |= kWritten; });
}

std::size_t ByteStates::PrefixWith(State state, std::size_t offset, std::size_t bytes) const {
  const std::uint8_t* const first = At(offset);
  const auto* const found =
      std::find_if(first, first + bytes, [state](std::uint8_t present) { return (present & state) == 0; });
  return static_cast<std::size_t>(found - first);
}

}  // namespace shortlist::simt
