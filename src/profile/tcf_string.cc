#include "profile/tcf_string.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "profile/event.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

// Far beyond any vendor list of 65,535 in every section.
constexpr std::size_t kMaxBytes = 65536;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kBitsPerLetter = 6;
constexpr std::uint32_t kVersion = 2;

Error Malformed(const std::string& what) {
  return {Code::kInvalidArgument, "tcf_string " + what + "; give the TC string of version 2 as the dialog stored it"};
}

// The letters of a segment as bits, the first bit of a letter first.
class BitReader {
 public:
  explicit BitReader(std::string_view letters) : letters_(letters) {}

  std::uint32_t Number(int bits) {
    std::uint32_t value = 0;
    for (; bits > 0; --bits) value = value << 1 | Bit();
    return value;
  }
  bool Flag() { return Bit() != 0; }
  void Skip(std::size_t bits) {
    if (bits > left()) throw Malformed("ends too early");
    place_ += bits;
  }
  bool RestIsZero() {
    while (left() > 0) {
      if (Flag()) return false;
    }
    return true;
  }

 private:
  std::size_t left() const { return letters_.size() * kBitsPerLetter - place_; }
  std::uint32_t Bit() {
    if (left() == 0) throw Malformed("ends too early");
    const auto letter = static_cast<std::uint32_t>(kAlphabet.find(letters_[place_ / kBitsPerLetter]));
    const std::size_t shift = kBitsPerLetter - 1 - place_ % kBitsPerLetter;
    ++place_;
    return letter >> shift & 1;
  }

  std::string_view letters_;
  std::size_t place_ = 0;
};

void RequireAlphabet(std::string_view text) {
  if (text.empty()) throw Malformed("is empty");
  if (text.size() > kMaxBytes) throw Malformed("has more than " + std::to_string(kMaxBytes) + " bytes");
  const std::size_t place = text.find_first_not_of(std::string(kAlphabet) + ".");
  if (place != std::string_view::npos) {
    throw Malformed("has a byte at " + std::to_string(place) + " that is not of the alphabet of Base64 for URLs");
  }
}

void ReadRanges(BitReader& bits, std::uint32_t most) {
  for (std::uint32_t left = bits.Number(12); left > 0; --left) {
    const bool is_range = bits.Flag();
    const std::uint32_t first = bits.Number(16);
    const std::uint32_t last = is_range ? bits.Number(16) : first;
    if (first == 0 || last < first || last > most) throw Malformed("has a range of vendors that is none");
  }
}

void ReadVendors(BitReader& bits) {
  const std::uint32_t most = bits.Number(16);
  const bool has_ranges = bits.Flag();
  if (has_ranges) {
    ReadRanges(bits, most);
  } else {
    bits.Skip(most);
  }
}

void ReadPublisherRestrictions(BitReader& bits) {
  constexpr std::uint32_t kMostVendors = 65535;
  for (std::uint32_t left = bits.Number(12); left > 0; --left) {
    bits.Skip(6 + 2);  // the purpose and the kind of the restriction
    ReadRanges(bits, kMostVendors);
  }
}

// Two letters, A being 0.
void ReadLetters(BitReader& bits, const std::string& of_what) {
  constexpr std::uint32_t kLetters = 26;
  for (int letters = 0; letters < 2; ++letters) {
    if (bits.Number(6) >= kLetters) throw Malformed("has no letters for the " + of_what);
  }
}

// The first purpose has the first bit.
std::uint32_t ReadPurposes(BitReader& bits) {
  std::uint32_t purposes = 0;
  for (int purpose = 0; purpose < 24; ++purpose) purposes |= bits.Number(1) << purpose;
  return purposes;
}

struct Mapping {
  Purpose purpose;
  std::vector<int> needs;  // all of these of the framework
};

const std::array<Mapping, 4>& Mappings() {
  static const std::array<Mapping, 4> mappings{Mapping{Purpose::kPersonalization, {5, 6}},
                                               Mapping{Purpose::kTraining, {10}}, Mapping{Purpose::kAnalytics, {8}},
                                               Mapping{Purpose::kGroupProfiling, {5, 9}}};
  return mappings;
}

}  // namespace

TcfChoices TcfChoicesFrom(std::string_view text) {
  RequireAlphabet(text);
  BitReader bits(text.substr(0, text.find('.')));
  const std::uint32_t version = bits.Number(6);
  if (version != kVersion) throw Malformed("is of version " + std::to_string(version));
  bits.Skip(36 + 36 + 12 + 12 + 6);  // created, updated, the dialog, its version and screen
  ReadLetters(bits, "language");
  bits.Skip(12 + 6 + 1 + 1 + 12);  // versions of vendor list and policy, service-specific, stacks, special features
  TcfChoices choices;
  choices.consents = ReadPurposes(bits);
  bits.Skip(24 + 1);  // legitimate interests, the treatment of purpose 1
  ReadLetters(bits, "publisher's country");
  ReadVendors(bits);  // who have consent
  ReadVendors(bits);  // who have a legitimate interest
  ReadPublisherRestrictions(bits);
  if (!bits.RestIsZero()) throw Malformed("goes on after its end");
  return choices;
}

std::uint64_t PurposesFrom(const TcfChoices& choices) {
  std::uint64_t purposes = 0;
  for (const Mapping& mapping : Mappings()) {
    const bool agrees = std::ranges::all_of(mapping.needs, [&](int purpose) { return choices.Agrees(purpose); });
    if (agrees) purposes |= std::uint64_t{1} << static_cast<int>(mapping.purpose);
  }
  return purposes;
}

std::uint64_t PurposesUnderGpc(std::uint64_t purposes) {
  return purposes & std::uint64_t{1} << static_cast<int>(Purpose::kAnalytics);
}

}  // namespace shortlist::profile
