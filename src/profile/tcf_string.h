// What a shopper told a consent dialog of the IAB Transparency and Consent Framework, as its TC string has it.
#pragma once

#include <cstdint>
#include <string_view>

namespace shortlist::profile {

struct TcfChoices {
  std::uint32_t consents = 0;  // bit n for purpose n + 1 of the framework, of 24

  bool Agrees(int purpose) const { return (consents >> (purpose - 1) & 1) != 0; }
};

// Reads the core segment of a TC string of version 2, to its last bit, as in "Transparency and Consent String with
// Global Vendor & CMP List Formats" of IAB Tech Lab, version 2.2. Segments after it are held to the alphabet alone.
// Throws Error{kInvalidArgument}, saying where, for any other text.
TcfChoices TcfChoicesFrom(std::string_view text);

// The mask of Purposes that these choices agree to; docs/serving.md has the table. Legitimate interest is no consent.
std::uint64_t PurposesFrom(const TcfChoices& choices);

// What is left of a mask of a shopper whose browser sends Global Privacy Control (https://w3c.github.io/gpc).
std::uint64_t PurposesUnderGpc(std::uint64_t purposes);

}  // namespace shortlist::profile
