#include "base/signature.h"

#include <array>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/hexadecimal.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

constexpr std::size_t kSignatureBytes = 64;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bytes) const { BIO_free(bytes); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using Bytes = std::unique_ptr<BIO, Free>;

const unsigned char* Unsigned(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void Require(bool succeeded, const char* action) {
  if (!succeeded) throw Error(Code::kInternal, std::string("cannot ") + action);
}

Key ReadPublicKey(std::string_view pem) {
  const Bytes bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PUBKEY(bytes.get(), nullptr, nullptr, nullptr));
  if (key != nullptr && EVP_PKEY_id(key.get()) == EVP_PKEY_ED25519) return key;
  throw Error(Code::kInvalidArgument, "the public key is not a PEM file of an Ed25519 key");
}

}  // namespace

struct SigningKey::State {
  Key key;
};

SigningKey::SigningKey(std::string_view seed)
    : state_(std::make_unique<State>(
          State{Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Unsigned(seed), seed.size()))})) {
  Require(state_->key != nullptr, "make a signing key of the seed");
}

SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

std::string SigningKey::Sign(std::string_view text) const {
  const Context context(EVP_MD_CTX_new());
  std::array<unsigned char, kSignatureBytes> signature{};
  std::size_t size = signature.size();
  Require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1, "start a signature");
  Require(EVP_DigestSign(context.get(), signature.data(), &size, Unsigned(text), text.size()) == 1, "sign");
  return ToHex({reinterpret_cast<const char*>(signature.data()), size});
}

std::string SigningKey::PublicPem() const {
  const Bytes bytes(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_PUBKEY(bytes.get(), state_->key.get()) == 1, "write a public key");
  const char* text = nullptr;
  const long size = BIO_get_mem_data(bytes.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

bool IsSigned(std::string_view text, std::string_view signature, std::string_view public_pem) {
  const Key key = ReadPublicKey(public_pem);
  const std::string raw = FromHex(signature);
  const Context context(EVP_MD_CTX_new());
  Require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1, "start to verify");
  return EVP_DigestVerify(context.get(), Unsigned(raw), raw.size(), Unsigned(text), text.size()) == 1;
}

}  // namespace shortlist::base
