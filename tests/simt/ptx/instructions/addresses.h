// From an address of an instruction to checked bytes of the space that it names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "simt/ptx/thread.h"

namespace shortlist::simt::ptx {

enum class Space { kGeneric, kGlobal, kShared };

// Throws Fault if the bytes are not aligned to `alignment` or do not all lie in one allocation, or in the block's
// shared memory. A generic address is of one of the two.
std::byte* CheckedBytes(Thread& thread, Space space, std::uint64_t address, std::size_t bytes, std::size_t alignment,
                        Access access);

inline std::string SpaceName(Space space) {
  return space == Space::kGlobal ? ".global" : space == Space::kShared ? ".shared" : "";
}

}  // namespace shortlist::simt::ptx
