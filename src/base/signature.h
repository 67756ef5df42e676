// Signatures that everybody can verify and one key can make: Ed25519 (RFC 8032).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace shortlist::base {

// Thread-safe.
class SigningKey {
 public:
  static constexpr std::size_t kSeedBytes = 32;

  // A seed is as secret as the key, and always gives the same one. Throws Error{kInternal} for one of another length.
  explicit SigningKey(std::string_view seed);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;

  // 128 hexadecimal digits.
  std::string Sign(std::string_view text) const;
  // What verifies signatures, as a PEM file's contents.
  std::string PublicPem() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether the owner of a public key signed this very text. Throws Error{kInvalidArgument} if `public_pem` holds no
// Ed25519 key.
bool IsSigned(std::string_view text, std::string_view signature, std::string_view public_pem);

}  // namespace shortlist::base
