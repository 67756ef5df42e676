// Text that may travel in a message.
#pragma once

#include <string>
#include <string_view>

namespace shortlist::serve {

// The text with '?' for every byte that is not part of well-formed UTF-8 (RFC 3629).
std::string ToUtf8(std::string_view text);

}  // namespace shortlist::serve
