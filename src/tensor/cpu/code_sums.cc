#include "tensor/cpu/code_sums.h"

#include <algorithm>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/code_sums.cc"
#include "tensor/cpu/simd.h"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/cpu/simd_inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
void SumCodeEntries(const std::uint8_t* tables, const std::uint8_t* block, std::int64_t codes, std::uint16_t* sums) {
  std::fill_n(sums, kVectorsPerCodeBlock, std::uint16_t{0});
  for (std::int64_t code = 0; code < codes; ++code) {
    const std::uint8_t* table = tables + code * kCodeTableEntries;
    for (std::int64_t byte = 0; byte < 16; ++byte) {
      const std::uint8_t stored = block[code * 16 + byte];
      const std::int64_t vector = byte / 2 + byte % 2 * 8;
      sums[vector] = static_cast<std::uint16_t>(sums[vector] + table[stored & 15]);
      sums[vector + 16] = static_cast<std::uint16_t>(sums[vector + 16] + table[stored >> 4]);
    }
  }
}
#else
// Sums of the entries at even and odd places of a register, in words.
struct EvenAndOdd {
  using Bytes = hn::FixedTag<std::uint8_t, 16>;
  using Words = hn::Repartition<std::uint16_t, Bytes>;

  HWY_INLINE void Add(hn::Vec<Bytes> entries) {
    const auto pairs = hn::BitCast(Words(), entries);
    both = hn::Add(both, pairs);
    odd = hn::Add(odd, hn::ShiftRight<8>(pairs));
  }
  HWY_INLINE void Store(std::uint16_t* even_sums, std::uint16_t* odd_sums) const {
    hn::StoreU(hn::Sub(both, hn::ShiftLeft<8>(odd)), Words(), even_sums);
    hn::StoreU(odd, Words(), odd_sums);
  }

  // The even sum and 256 times the odd one: separated at the end, which spares a mask for each code.
  hn::Vec<Words> both;
  hn::Vec<Words> odd;
};

void SumCodeEntries(const std::uint8_t* tables, const std::uint8_t* block, std::int64_t codes, std::uint16_t* sums) {
  const EvenAndOdd::Bytes bytes;
  const EvenAndOdd::Words words;
  const auto low_half = hn::Set(bytes, std::uint8_t{15});
  EvenAndOdd low{hn::Zero(words), hn::Zero(words)};
  EvenAndOdd high = low;
  for (std::int64_t code = 0; code < codes; ++code) {
    const auto table = hn::LoadU(bytes, tables + code * kCodeTableEntries);
    const auto stored = hn::LoadU(bytes, block + code * 16);
    const auto shifted = hn::BitCast(bytes, hn::ShiftRight<4>(hn::BitCast(words, stored)));
    low.Add(hn::TableLookupBytes(table, hn::And(stored, low_half)));
    high.Add(hn::TableLookupBytes(table, hn::And(shifted, low_half)));
  }
  low.Store(sums, sums + 8);
  high.Store(sums + 16, sums + 24);
}
#endif

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shortlist::tensor::cpu {

HWY_EXPORT(SumCodeEntries);

void SumCodeEntries(const std::uint8_t* tables, const std::uint8_t* block, std::int64_t codes, std::uint16_t* sums) {
  HWY_DYNAMIC_DISPATCH(SumCodeEntries)(tables, block, codes, sums);
}

}  // namespace shortlist::tensor::cpu
#endif
