#include "base/secret_key.h"

#include <array>
#include <utility>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/file.h"
#include "base/hexadecimal.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRandomBytes = 32;

void WriteForOwnerAlone(const fs::path& path, std::string_view contents) {
  AtomicFile file(path);
  fs::permissions(file.temporary_path(), fs::perms::owner_read | fs::perms::owner_write);
  file.stream() << contents;
  file.CommitIfAbsent();
}

}  // namespace

SecretKey SecretKey::Random() {
  return SecretKey(RandomBytes(kRandomBytes));
}

SecretKey SecretKey::FromFile(const fs::path& path) {
  std::string key = ReadFile(path);
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  if (key.size() >= kLeastBytes) return SecretKey(std::move(key));
  throw Error(Code::kInvalidArgument, path.string() + ": the key has " + std::to_string(key.size()) +
                                          " bytes; at least " + std::to_string(kLeastBytes) +
                                          " are needed, for example from `openssl rand -hex 32`");
}

SecretKey SecretKey::FromFileOrNew(const fs::path& path) {
  if (!fs::exists(path)) WriteForOwnerAlone(path, ToHex(RandomBytes(kRandomBytes)) + "\n");
  return FromFile(path);
}

std::string SecretKey::Digest(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), bytes_.data(), static_cast<int>(bytes_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  return {reinterpret_cast<const char*>(digest.data()), length};
}

std::string SecretKey::HexDigest(std::string_view text, std::size_t digits) const {
  return ToHex(Digest(text)).substr(0, digits);
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1) return bytes;
  throw Error(Code::kUnavailable, "the system gives no random numbers");
}

}  // namespace shortlist::base
