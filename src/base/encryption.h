// Texts that only who has a key can read or could have written: AES-256-GCM (NIST SP 800-38D).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace shortlist::base {

inline constexpr std::size_t kEncryptionKeyBytes = 32;

// A random nonce of 12 bytes, the encrypted text, and a tag of 16 bytes, which depends on `place`, too: where the text
// belongs. A key is good for 2^32 texts; beyond that two might share a nonce. Throws Error{kInternal} for a key of
// another length and Error{kUnavailable} if the system has no random numbers.
std::string Encrypt(std::string_view text, std::string_view key, std::string_view place);

// Nothing if the bytes are not what Encrypt made of some text for this place with this key.
std::optional<std::string> Decrypt(std::string_view bytes, std::string_view key, std::string_view place);

}  // namespace shortlist::base
