// Hashes and random draws that are the same on every platform and in every release: ids of hashed features depend on
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shortlist::features {

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection whose output passes tests of randomness for
// consecutive inputs.
constexpr std::uint64_t Mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Chains Mix64 over little-endian words of eight bytes; different seeds give independent hashes.
constexpr std::uint64_t StableHash(std::string_view text, std::uint64_t seed) {
  constexpr std::uint64_t kGamma = 0x9e3779b97f4a7c15ULL;
  std::uint64_t hash = Mix64(seed * kGamma + text.size() + 1);
  for (std::size_t begin = 0; begin < text.size(); begin += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = begin; i < text.size() && i < begin + 8; ++i) {
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * (i - begin));
    }
    hash = Mix64((hash ^ word) + kGamma);
  }
  return hash;
}

}  // namespace shortlist::features
