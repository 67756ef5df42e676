#include "serve/utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace shortlist::serve {
namespace {

unsigned char ByteAt(std::string_view text, std::size_t place) {
  return place < text.size() ? static_cast<unsigned char>(text[place]) : 0;
}

bool IsIn(unsigned char byte, unsigned char least, unsigned char most) {
  return byte >= least && byte <= most;
}

// What may follow a leading byte: how many bytes, and the bounds of the first of them, which exclude overlong forms,
// surrogates and code points beyond U+10FFFF.
struct Continuation {
  std::size_t count = 0;
  unsigned char least = 0x80;
  unsigned char most = 0xBF;
};

Continuation After(unsigned char lead) {
  if (IsIn(lead, 0xC2, 0xDF)) return {.count = 1};
  if (lead == 0xE0) return {.count = 2, .least = 0xA0};
  if (lead == 0xED) return {.count = 2, .most = 0x9F};
  if (IsIn(lead, 0xE1, 0xEF)) return {.count = 2};
  if (lead == 0xF0) return {.count = 3, .least = 0x90};
  if (IsIn(lead, 0xF1, 0xF3)) return {.count = 3};
  if (lead == 0xF4) return {.count = 3, .most = 0x8F};
  return {};
}

// Bytes of the character that starts the text; 0 if none does.
std::size_t CharacterLength(std::string_view text) {
  const unsigned char lead = ByteAt(text, 0);
  if (lead < 0x80) return 1;
  const Continuation continuation = After(lead);
  if (continuation.count == 0 || !IsIn(ByteAt(text, 1), continuation.least, continuation.most)) return 0;
  for (std::size_t i = 2; i <= continuation.count; ++i) {
    if (!IsIn(ByteAt(text, i), 0x80, 0xBF)) return 0;
  }
  return continuation.count + 1;
}

// Of whole words at the beginning.
std::size_t AsciiLength(std::span<const char> text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t length = 0;
  for (std::uint64_t word = 0; length + sizeof(word) <= text.size(); length += sizeof(word)) {
    std::memcpy(&word, text.data() + length, sizeof(word));
    if ((word & kHighBits) != 0) break;
  }
  return length;
}

}  // namespace

void MakeUtf8(std::span<char> text) {
  for (std::size_t place = AsciiLength(text); place < text.size();) {
    const std::size_t length = CharacterLength({text.data() + place, text.size() - place});
    if (length == 0) text[place] = '?';
    place += std::max<std::size_t>(length, 1);
  }
}

std::string ToUtf8(std::string_view text) {
  std::string valid(text);
  MakeUtf8(valid);
  return valid;
}

}  // namespace shortlist::serve
