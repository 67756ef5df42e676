// A secret that gives names to people and proofs of origin, which lead back to their sources only for who has it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace shortlist::base {

// Thread-safe.
class SecretKey {
 public:
  // Any bytes, of which every one counts.
  explicit SecretKey(std::string bytes) : bytes_(std::move(bytes)) {}
  // 256 bits. Throws Error{kUnavailable} if the system has no random numbers.
  static SecretKey Random();
  // The file's whole contents without an end of line. Throws Error{kNotFound}, and Error{kInvalidArgument} if it has
  // less than kLeastBytes; messages never quote it.
  static SecretKey FromFile(const std::filesystem::path& path);
  // The same of a file that is made if it is missing, with a random key of 64 hexadecimal digits, for its owner's eyes
  // alone. Of several processes that find none, all get the key of one.
  static SecretKey FromFileOrNew(const std::filesystem::path& path);

  // HMAC-SHA256 (RFC 2104): 32 bytes.
  std::string Digest(std::string_view text) const;
  // Its first digits in lower-case hexadecimal.
  std::string HexDigest(std::string_view text, std::size_t digits) const;

  static constexpr std::size_t kLeastBytes = 16;

 private:
  std::string bytes_;
};

// Random bytes from the system. Throws Error{kUnavailable} if it has none.
std::string RandomBytes(std::size_t count);

}  // namespace shortlist::base
