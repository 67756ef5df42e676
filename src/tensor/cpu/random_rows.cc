#include "tensor/cpu/random_rows.h"

#include <algorithm>

#include "tensor/philox.h"

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/random_rows.cc"
#include "tensor/cpu/simd.h"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "tensor/cpu/simd_inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {

// Highway's scalar fallback has no lanes to pair for wide products.
#if HWY_TARGET != HWY_SCALAR
using Words = hn::ScalableTag<std::uint32_t>;
using Word = hn::Vec<Words>;

struct Product {
  Word high;
  Word low;
};

HWY_INLINE Product Multiply(Word a, Word b) {
  const Words d;
  const hn::RepartitionToWide<Words> wide;
  const auto odd_a = hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, a)));
  const auto even = hn::MulEven(a, b);
  const auto odd = hn::MulEven(odd_a, b);
  const auto high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
  const auto low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
  return {high, low};
}

struct Counters {
  Word words[4];
};

HWY_INLINE Counters Philox(Counters counters, std::uint32_t key0, std::uint32_t key1) {
  const Words d;
  const Word multiplier0 = hn::Set(d, kPhiloxMultiplier0);
  const Word multiplier1 = hn::Set(d, kPhiloxMultiplier1);
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const Product product0 = Multiply(counters.words[0], multiplier0);
    const Product product1 = Multiply(counters.words[2], multiplier1);
    counters = {{hn::Xor(hn::Xor(product1.high, counters.words[1]), hn::Set(d, key0)), product1.low,
                 hn::Xor(hn::Xor(product0.high, counters.words[3]), hn::Set(d, key1)), product0.low}};
    key0 += kPhiloxWeyl0;
    key1 += kPhiloxWeyl1;
  }
  return counters;
}

// Counters of consecutive blocks, one per lane. Low words do not wrap: no step has 2^34 values.
HWY_INLINE Counters BlockCounters(const RandomKey& key, std::uint64_t block) {
  const Words d;
  return {{hn::Iota(d, static_cast<std::uint32_t>(block)), hn::Set(d, static_cast<std::uint32_t>(block >> 32)),
           hn::Set(d, static_cast<std::uint32_t>(key.stream)),
           hn::Set(d, static_cast<std::uint32_t>(key.stream >> 32))}};
}

HWY_INLINE hn::Vec<hn::ScalableTag<float>> Factors(Word bits, Word threshold, float kept) {
  const hn::ScalableTag<float> d;
  const hn::RebindToSigned<Words> integers;
  const auto drop = hn::Gt(hn::BitCast(integers, threshold), hn::BitCast(integers, hn::ShiftRight<8>(bits)));
  return hn::IfThenZeroElse(hn::RebindMask(d, drop), hn::Set(d, kept));
}

HWY_INLINE void DropoutBlocks(const RandomKey& key, float rate, std::uint64_t block, float* values) {
  const hn::ScalableTag<float> d;
  HWY_ALIGN float factors[4 * hn::MaxLanes(d)];
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const Counters bits = Philox(BlockCounters(key, block), static_cast<std::uint32_t>(key.seed),
                               static_cast<std::uint32_t>(key.seed >> 32));
  const Word threshold = hn::Set(Words(), KeepThreshold(rate));
  const float kept = 1 / (1 - rate);
  hn::StoreInterleaved4(Factors(bits.words[0], threshold, kept), Factors(bits.words[1], threshold, kept),
                        Factors(bits.words[2], threshold, kept), Factors(bits.words[3], threshold, kept), d, factors);
  for (std::int64_t i = 0; i < 4 * lanes; i += lanes) {
    hn::StoreU(hn::Mul(hn::Load(d, factors + i), hn::LoadU(d, values + i)), d, values + i);
  }
}

// Takes whole vectors of blocks; returns how many values it has done.
HWY_INLINE std::int64_t DropoutVectors(const RandomKey& key, float rate, std::uint64_t block, std::int64_t size,
                                       float* values) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Words()));
  std::int64_t i = 0;
  for (; i + 4 * lanes <= size; i += 4 * lanes, block += static_cast<std::uint64_t>(lanes)) {
    DropoutBlocks(key, rate, block, values + i);
  }
  return i;
}
#else
HWY_INLINE std::int64_t DropoutVectors(const RandomKey&, float, std::uint64_t, std::int64_t, float*) {
  return 0;
}
#endif

// From value `first` to the end of its block, or `size` values if that is less; returns how many it has done.
HWY_INLINE std::int64_t DropoutBlock(const RandomKey& key, float rate, std::uint64_t first, std::int64_t size,
                                     float* values) {
  const PhiloxBlock bits = RandomBits(key, first / 4);
  const std::uint64_t skipped = first % 4;
  const std::int64_t count = std::min(static_cast<std::int64_t>(4 - skipped), size);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t uniform = bits[skipped + static_cast<std::uint64_t>(i)] >> 8;
    values[i] *= uniform >= KeepThreshold(rate) ? 1 / (1 - rate) : 0.0F;
  }
  return count;
}

void DropoutRow(const RandomKey& key, float rate, std::uint64_t first, std::int64_t size, float* values) {
  std::int64_t done = first % 4 == 0 ? 0 : DropoutBlock(key, rate, first, size, values);
  done += DropoutVectors(key, rate, (first + static_cast<std::uint64_t>(done)) / 4, size - done, values + done);
  while (done < size) {
    done += DropoutBlock(key, rate, first + static_cast<std::uint64_t>(done), size - done, values + done);
  }
}

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shortlist::tensor::cpu {

HWY_EXPORT(DropoutRow);

void DropoutRow(const RandomKey& key, float rate, std::uint64_t first, std::int64_t size, float* values) {
  HWY_DYNAMIC_DISPATCH(DropoutRow)(key, rate, first, size, values);
}

}  // namespace shortlist::tensor::cpu
#endif
