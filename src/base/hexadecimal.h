// Bytes as text of lower-case hexadecimal digits, two of them a byte.
#pragma once

#include <string>
#include <string_view>

namespace shortlist::base {

// Of a number below 16.
inline constexpr std::string_view kHexDigits = "0123456789abcdef";

// Whether the text has such digits alone, of any number.
inline bool IsHex(std::string_view text) {
  return text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

std::string ToHex(std::string_view bytes);
// The bytes that ToHex made a text of; empty for any other text.
std::string FromHex(std::string_view text);

}  // namespace shortlist::base
