// Memory that was never written, as a device hands it out.
#pragma once

#include <cstddef>

namespace shortlist::simt {

// Memory that was not written holds this in every byte: as a float -2.6e36, as an index far below zero.
inline constexpr unsigned char kGarbage = 0xFB;

// 256-byte aligned; null if there is none left. Large pieces cost nothing until they are written.
void* AllocateGarbage(std::size_t bytes);
void FreeGarbage(void* memory, std::size_t bytes) noexcept;

}  // namespace shortlist::simt
