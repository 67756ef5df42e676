// What cleaning and checking texts of cells means.
#pragma once

#include <string>
#include <string_view>

namespace shortlist::data {

// Trimmed and in (ASCII) upper case; views `storage`.
std::string_view CleanId(std::string_view text, std::string& storage);

// Well-formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text);

// The start of a cell for messages: at most 40 bytes.
std::string Excerpt(std::string_view text);

}  // namespace shortlist::data
