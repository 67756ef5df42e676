// Names for people in logs, which lead back to them only with a key.
#pragma once

#include <string>
#include <string_view>

namespace shortlist::telemetry {

// Thread-safe.
class Pseudonyms {
 public:
  // `key` is any secret of at least kLeastKeyBytes; the same key gives the same names on every server.
  explicit Pseudonyms(std::string key) : key_(std::move(key)) {}
  // The key is the file's whole contents without an end of line. Without a path it is random, so that names mean
  // something within the life of the object only. Throws Error{kNotFound}, and Error{kInvalidArgument} for a key that
  // is too short; messages never quote it.
  static Pseudonyms FromFile(const std::string& path);

  // The first 16 hexadecimal digits of HMAC-SHA256(key, id) (RFC 2104).
  std::string Of(std::string_view id) const;

  static constexpr std::size_t kLeastKeyBytes = 16;

 private:
  std::string key_;
};

}  // namespace shortlist::telemetry
