// What instrumented code tells of each load and store. One implementation is linked into a program: the detector or the
// traffic counter.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shortlist::simt {

enum class AccessKind : std::uint8_t { kRead, kWrite, kAtomic };

// `alignment` is what the instruction demands of the address. `return_address` is that of the instrumented code.
void ObserveAccess(const void* data, std::size_t bytes, std::size_t alignment, AccessKind kind,
                   const void* return_address);

}  // namespace shortlist::simt
