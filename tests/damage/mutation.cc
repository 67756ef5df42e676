#include "damage/mutation.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <vector>

namespace shortlist::damage {
namespace {

constexpr std::size_t kDeclarations = 512;

constexpr std::array<std::uint64_t, 14> kTelling = {0,
                                                    1,
                                                    2,
                                                    0xff,
                                                    0x7fff,
                                                    0x7fffffff,
                                                    0x80000000,
                                                    0xffffffff,
                                                    1ULL << 33,
                                                    1ULL << 39,
                                                    (1ULL << 40) - 1,
                                                    1ULL << 62,
                                                    0x7fffffffffffffff,
                                                    0xffffffffffffffff};

constexpr std::array<const char*, 12> kTellingTexts = {
    "0",     "-1",   "1",    "2147483647", "2147483648", "4294967296", "9223372036854775807", "18446744073709551615",
    "1e308", "-0.5", "null", "[]"};

class Mutator {
 public:
  Mutator(std::string_view honest, std::uint64_t seed) : bytes_(honest), random_(seed) {}

  void Change() {
    if (bytes_.empty()) return;
    switch (Below(8)) {
      case 0:
      case 1:
        bytes_[Place()] ^= static_cast<char>(1U << Below(8));
        break;
      case 2:
      case 3:
        Overwrite(8);
        break;
      case 4:
        Overwrite(4);
        break;
      case 5:
        bytes_.resize(Below(bytes_.size()));
        break;
      case 6:
        bytes_.erase(Place(), Below(64));
        break;
      default:
        bytes_.insert(Place(), bytes_.substr(Place(), Below(64)));
        break;
    }
  }

  // Replaces one of the numbers of a text.
  void ChangeNumber() {
    std::vector<std::size_t> places;
    for (std::size_t i = 1; i < bytes_.size(); ++i) {
      const bool begins = IsDigit(bytes_[i]) && !IsDigit(bytes_[i - 1]) && bytes_[i - 1] != '.';
      if (begins) places.push_back(i);
    }
    if (places.empty()) return;
    const std::size_t begin = places[Below(places.size())];
    std::size_t end = begin;
    while (end < bytes_.size() && (IsDigit(bytes_[end]) || bytes_[end] == '.')) ++end;
    bytes_.replace(begin, end - begin, kTellingTexts[Below(kTellingTexts.size())]);
  }

  std::size_t Below(std::size_t count) { return static_cast<std::size_t>(random_() % std::max<std::size_t>(1, count)); }
  std::string Take() { return std::move(bytes_); }

 private:
  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }

  std::size_t Place() { return Below(2) == 0 ? Below(std::min(kDeclarations, bytes_.size())) : Below(bytes_.size()); }

  void Overwrite(std::size_t size) {
    const std::size_t place = Place();
    const std::uint64_t value = kTelling[Below(kTelling.size())];
    std::memcpy(&bytes_[place], &value, std::min(size, bytes_.size() - place));
  }

  std::string bytes_;
  std::mt19937_64 random_;
};

}  // namespace

std::string Mutated(std::string_view honest, std::uint64_t seed) {
  Mutator mutator(honest, seed);
  const std::size_t changes = 1 + mutator.Below(4);
  for (std::size_t i = 0; i < changes; ++i) mutator.Change();
  return mutator.Take();
}

std::string MutatedJson(std::string_view honest, std::uint64_t seed) {
  Mutator mutator(honest, seed);
  const std::size_t changes = 1 + mutator.Below(3);
  for (std::size_t i = 0; i < changes; ++i) {
    if (mutator.Below(4) == 0) {
      mutator.Change();
    } else {
      mutator.ChangeNumber();
    }
  }
  return mutator.Take();
}

}  // namespace shortlist::damage
