// A small generator for orders of execution (xorshift64*; Vigna, ACM TOMS 42, 2016).
#pragma once

#include <cstdint>

namespace shortlist::simt {

class Random {
 public:
  // Streams of one seed differ.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(Mix(seed * 0x9E3779B97F4A7C15U + stream) | 1U) {}

  std::uint32_t Next() {
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return static_cast<std::uint32_t>(state_ * 0x2545F4914F6CDD1DU >> 32U);
  }
  std::uint32_t Below(std::uint32_t limit) { return static_cast<std::uint32_t>(std::uint64_t{Next()} * limit >> 32U); }

 private:
  static std::uint64_t Mix(std::uint64_t value) {
    value = (value ^ value >> 30U) * 0xBF58476D1CE4E5B9U;
    value = (value ^ value >> 27U) * 0x94D049BB133111EBU;
    return value ^ value >> 31U;
  }

  std::uint64_t state_;
};

}  // namespace shortlist::simt
