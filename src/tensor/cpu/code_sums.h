// Sums of table entries that codes of four bits choose: the scan of a product quantizer's codes in registers (André,
// Kermarrec, Le Scouarnec: Cache locality is not enough, VLDB 2015).
#pragma once

#include <cstdint>

namespace shortlist::tensor::cpu {

inline constexpr std::int64_t kCodeTableEntries = 16;  // bytes
inline constexpr std::int64_t kVectorsPerCodeBlock = 32;

// sums[v] = the sum over c in [0, codes) of the entry of tables[c] that code c of vector v chooses, modulo 2^16, for
// the 32 vectors of a block. `tables` are `codes` times 16 entries. A block, as Faiss stores it for fast-scan, has 16
// bytes for each code c: byte 2 i is that of vectors i (low half) and 16 + i (high half), byte 2 i + 1 that of vectors
// 8 + i and 24 + i. Safe to call from any thread.
void SumCodeEntries(const std::uint8_t* tables, const std::uint8_t* block, std::int64_t codes, std::uint16_t* sums);

}  // namespace shortlist::tensor::cpu
