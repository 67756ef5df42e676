#include "base/encryption.h"

#include <memory>

#include <openssl/evp.h>

#include "base/secret_key.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct Free {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

// Looking it up takes longer than what is done with it.
const EVP_CIPHER* Cipher() {
  static const std::unique_ptr<EVP_CIPHER, Free> cipher(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  return cipher.get();
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text, std::size_t place) {
  return reinterpret_cast<unsigned char*>(text.data() + place);
}

void Require(bool succeeded) {
  if (!succeeded) throw Error(Code::kInternal, "cannot encrypt or decrypt with AES-256-GCM");
}

Context NewContext(std::string_view key) {
  Context context(EVP_CIPHER_CTX_new());
  Require(context != nullptr && Cipher() != nullptr && key.size() == kEncryptionKeyBytes);
  return context;
}

}  // namespace

std::string Encrypt(std::string_view text, std::string_view key, std::string_view place) {
  const Context context = NewContext(key);
  std::string bytes = RandomBytes(kNonceBytes);
  bytes.resize(kNonceBytes + text.size() + kTagBytes);
  int size = 0;
  Require(EVP_EncryptInit_ex2(context.get(), Cipher(), Bytes(key), Bytes(bytes), nullptr) == 1 &&
          EVP_EncryptUpdate(context.get(), nullptr, &size, Bytes(place), static_cast<int>(place.size())) == 1 &&
          EVP_EncryptUpdate(context.get(), Bytes(bytes, kNonceBytes), &size, Bytes(text),
                            static_cast<int>(text.size())) == 1 &&
          EVP_EncryptFinal_ex(context.get(), Bytes(bytes, kNonceBytes + text.size()), &size) == 1 &&
          EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                              Bytes(bytes, kNonceBytes + text.size())) == 1);
  return bytes;
}

std::optional<std::string> Decrypt(std::string_view bytes, std::string_view key, std::string_view place) {
  const Context context = NewContext(key);
  if (bytes.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string_view encrypted = bytes.substr(kNonceBytes, bytes.size() - kNonceBytes - kTagBytes);
  std::string tag(bytes.substr(bytes.size() - kTagBytes));
  std::string text(encrypted.size(), '\0');
  int size = 0;
  Require(EVP_DecryptInit_ex2(context.get(), Cipher(), Bytes(key), Bytes(bytes), nullptr) == 1 &&
          EVP_DecryptUpdate(context.get(), nullptr, &size, Bytes(place), static_cast<int>(place.size())) == 1 &&
          EVP_DecryptUpdate(context.get(), Bytes(text, 0), &size, Bytes(encrypted),
                            static_cast<int>(encrypted.size())) == 1 &&
          EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, Bytes(tag, 0)) == 1);
  if (EVP_DecryptFinal_ex(context.get(), Bytes(text, text.size()), &size) != 1) return std::nullopt;
  return text;
}

}  // namespace shortlist::base
