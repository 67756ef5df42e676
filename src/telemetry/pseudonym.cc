#include "telemetry/pseudonym.h"

#include <array>
#include <cstdint>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::telemetry {
namespace {

constexpr std::size_t kBytesOfName = 8;

std::string RandomKey() {
  std::string key(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) == 1) return key;
  throw Error(Code::kUnavailable, "the system gives no random numbers for the key of pseudonyms");
}

}  // namespace

Pseudonyms Pseudonyms::FromFile(const std::string& path) {
  if (path.empty()) return Pseudonyms(RandomKey());
  std::string key = base::ReadFile(path);
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  if (key.size() >= kLeastKeyBytes) return Pseudonyms(std::move(key));
  throw Error(Code::kInvalidArgument, path + ": the key of pseudonyms has " + std::to_string(key.size()) +
                                          " bytes; at least " + std::to_string(kLeastKeyBytes) +
                                          " are needed, for example from `openssl rand -hex 32`");
}

std::string Pseudonyms::Of(std::string_view id) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(id.data()),
       id.size(), digest.data(), &length);
  std::string name;
  for (std::size_t i = 0; i < kBytesOfName; ++i) {
    name += "0123456789abcdef"[digest[i] >> 4];
    name += "0123456789abcdef"[digest[i] & 15];
  }
  return name;
}

}  // namespace shortlist::telemetry
