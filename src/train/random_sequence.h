// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace shortlist::train {

class RandomSequence {
 public:
  // One sequence per list of numbers, for example {seed, epoch}.
  RandomSequence(std::initializer_list<std::uint64_t> key) {
    for (const std::uint64_t part : key) state_ = Mix(state_ + kGamma + part);
  }

  std::uint64_t Next() { return Mix(state_ += kGamma); }

  // Uniform in [0, bound), by multiplication (Lemire 2019); the bias is below bound / 2^64.
  std::uint64_t Below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(Next()) * bound) >> 64);
  }

  // Uniform in [0, 1), of 53 bits.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

  // Fisher-Yates.
  template <class T>
  void Shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[Below(i)]);
  }

 private:
  static constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15;
  static std::uint64_t Mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  std::uint64_t state_ = 0;
};

}  // namespace shortlist::train
