// Text that may travel in a message.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace shortlist::serve {

// Puts '?' for every byte that is not part of well-formed UTF-8 (RFC 3629).
void MakeUtf8(std::span<char> text);
std::string ToUtf8(std::string_view text);

}  // namespace shortlist::serve
