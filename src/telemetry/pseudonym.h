// Names for people in logs, which lead back to them only with a key.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/secret_key.h"

namespace shortlist::telemetry {

// Thread-safe.
class Pseudonyms {
 public:
  // The same key gives the same names on every server.
  explicit Pseudonyms(base::SecretKey key) : key_(std::move(key)) {}
  // Without a path the key is random, so that names mean something within the life of the object only. Throws what
  // base::SecretKey::FromFile throws.
  static Pseudonyms FromFile(const std::string& path);

  // The first 16 hexadecimal digits of HMAC-SHA256(key, id) (RFC 2104).
  std::string Of(std::string_view id) const { return key_.HexDigest(id, 16); }

 private:
  base::SecretKey key_;
};

}  // namespace shortlist::telemetry
