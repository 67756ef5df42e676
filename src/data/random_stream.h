// Random numbers that are the same on every platform, unlike the distributions of the standard library.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "features/stable_hash.h"

namespace shortlist::data {

// SplitMix64. Streams of different seeds or names are independent.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t name) : state_(features::Mix64(features::Mix64(seed) + name)) {}

  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return features::Mix64(state_);
  }
  // In [0, 1), from 53 bits.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  bool Chance(double probability) { return Uniform() < probability; }
  // In [0, count).
  std::size_t Below(std::size_t count) {
    return std::min(count - 1, static_cast<std::size_t>(Uniform() * static_cast<double>(count)));
  }

 private:
  std::uint64_t state_;
};

// Draws places with given weights, by binary search in their running sums.
class WeightedDraw {
 public:
  explicit WeightedDraw(const std::vector<double>& weights) {
    double sum = 0;
    for (const double weight : weights) sums_.push_back(sum += weight);
  }

  std::size_t Draw(RandomStream& random) const {
    const double at = random.Uniform() * sums_.back();
    const auto found = std::upper_bound(sums_.begin(), sums_.end(), at) - sums_.begin();
    return std::min(sums_.size() - 1, static_cast<std::size_t>(found));
  }

 private:
  std::vector<double> sums_;
};

}  // namespace shortlist::data
