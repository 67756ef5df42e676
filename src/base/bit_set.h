// A set of small numbers, as one bit each.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace shortlist::base {

// A subset of [0, size). Sets that meet in an operation have the same size.
class BitSet {
 public:
  BitSet() = default;
  // Empty.
  explicit BitSet(std::int64_t size) : size_(size), words_((static_cast<std::size_t>(size) + kBits - 1) / kBits) {}

  std::int64_t size() const { return size_; }
  // False for numbers outside of [0, size).
  bool Contains(std::int64_t number) const {
    return number >= 0 && number < size_ && ((WordOf(number) >> BitOf(number)) & 1) != 0;
  }
  void Insert(std::int64_t number) { WordOf(number) |= std::uint64_t{1} << BitOf(number); }
  void Erase(std::int64_t number) { WordOf(number) &= ~(std::uint64_t{1} << BitOf(number)); }

  std::int64_t Count() const {
    std::int64_t count = 0;
    for (const std::uint64_t word : words_) count += std::popcount(word);
    return count;
  }

  void Intersect(const BitSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  void Unite(const BitSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void Complement() {
    for (std::uint64_t& word : words_) word = ~word;
    if (size_ % kBits != 0) words_.back() &= (std::uint64_t{1} << BitOf(size_)) - 1;
  }

  // Calls `visit` with each number, in rising order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        visit(static_cast<std::int64_t>(i) * kBits + std::countr_zero(rest));
      }
    }
  }

  bool operator==(const BitSet&) const = default;

 private:
  static constexpr std::int64_t kBits = 64;

  static unsigned BitOf(std::int64_t number) { return static_cast<unsigned>(number % kBits); }
  std::uint64_t& WordOf(std::int64_t number) { return words_[static_cast<std::size_t>(number / kBits)]; }
  const std::uint64_t& WordOf(std::int64_t number) const { return words_[static_cast<std::size_t>(number / kBits)]; }

  std::int64_t size_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace shortlist::base
