#include "data/cell_text.h"

#include <algorithm>
#include <cstddef>

#include "features/value.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kLongestExcerpt = 40;

// Least code point that may take as many bytes.
constexpr char32_t kLeastOfLength[] = {0, 0, 0x80, 0x800, 0x10000};

int SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >> 5 == 0b110) return 2;
  if (lead >> 4 == 0b1110) return 3;
  return lead >> 3 == 0b11110 ? 4 : 0;
}

bool IsCodePoint(std::string_view bytes) {
  const auto length = static_cast<int>(bytes.size());
  auto point = static_cast<char32_t>(static_cast<unsigned char>(bytes[0]) & (0xff >> (length + 1)));
  for (int i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    if (byte >> 6 != 0b10) return false;
    point = point << 6 | (byte & 0x3f);
  }
  return point >= kLeastOfLength[length] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

}  // namespace

std::string_view CleanId(std::string_view text, std::string& storage) {
  storage = features::Trim(text);
  for (char& c : storage) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return storage;
}

bool IsUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const int length = SequenceLength(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + static_cast<std::size_t>(length) > text.size()) return false;
    if (length > 1 && !IsCodePoint(text.substr(i, static_cast<std::size_t>(length)))) return false;
    i += static_cast<std::size_t>(length);
  }
  return true;
}

std::string Excerpt(std::string_view text) {
  return text.size() <= kLongestExcerpt ? std::string(text) : std::string(text.substr(0, kLongestExcerpt)) + "...";
}

}  // namespace shortlist::data
