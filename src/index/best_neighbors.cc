#include "index/best_neighbors.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

namespace shortlist::index {
namespace {

constexpr std::int64_t kLeastSpare = 32;
constexpr unsigned kIdBits = 32;
constexpr std::uint32_t kSign = 1U << 31;

// The order of the numbers that it makes of floats is theirs.
std::uint32_t OrderedBits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);  // -0 is 0
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

float FromOrderedBits(std::uint32_t bits) {
  return std::bit_cast<float>((bits & kSign) != 0 ? bits & ~kSign : ~bits);
}

std::uint64_t KeyOf(Neighbor neighbor) {
  return std::uint64_t{OrderedBits(neighbor.score)} << kIdBits | ~static_cast<std::uint32_t>(neighbor.id);
}

Neighbor FromKey(std::uint64_t key) {
  return {static_cast<std::int32_t>(~static_cast<std::uint32_t>(key)),
          FromOrderedBits(static_cast<std::uint32_t>(key >> kIdBits))};
}

}  // namespace

BestNeighbors::BestNeighbors(std::int64_t k) : BestNeighbors(k, std::max(k, kLeastSpare)) {}

BestNeighbors::BestNeighbors(std::int64_t k, std::int64_t spare)
    : k_(static_cast<std::size_t>(std::max<std::int64_t>(k, 0))),
      room_(k_ + static_cast<std::size_t>(spare)),
      bar_(k_ == 0 ? std::numeric_limits<float>::quiet_NaN() : -std::numeric_limits<float>::infinity()) {
  keys_.reserve(room_);
}

void BestNeighbors::Keep(Neighbor neighbor) {
  keys_.push_back(KeyOf(neighbor));
  if (keys_.size() == room_) DropAllButBest();
}

void BestNeighbors::DropAllButBest() {
  const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
  std::nth_element(keys_.begin(), last, keys_.end(), std::greater<>());
  bar_ = FromKey(*last).score;
  keys_.resize(k_);
}

std::vector<Neighbor> BestNeighbors::Take() {
  if (keys_.size() > k_) DropAllButBest();
  std::ranges::sort(keys_, std::greater<>());
  std::vector<Neighbor> best(keys_.size());
  std::ranges::transform(keys_, best.begin(), &FromKey);
  keys_.clear();
  return best;
}

}  // namespace shortlist::index
