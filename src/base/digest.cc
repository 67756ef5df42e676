#include "base/digest.h"

#include <array>

#include <openssl/evp.h>

#include "base/hexadecimal.h"
#include "shortlist/error.h"

namespace shortlist::base {

struct Digest::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Digest::Digest() : state_(std::make_unique<State>()) {
  if (state_->context == nullptr || EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) != 1) {
    throw Error(Code::kInternal, "cannot start SHA-256");
  }
}

Digest::~Digest() = default;

void Digest::Update(const void* data, std::size_t size) {
  if (EVP_DigestUpdate(state_->context.get(), data, size) != 1) throw Error(Code::kInternal, "cannot compute SHA-256");
}

std::string Digest::Finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) != 1) {
    throw Error(Code::kInternal, "cannot finish SHA-256");
  }
  return ToHex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace shortlist::base
