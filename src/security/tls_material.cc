#include "security/tls_material.h"

#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::security {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

Error Unfit(const std::string& path, const std::string& why) {
  return {Code::kFailedPrecondition, path + ": " + why};
}

Bio ReaderOf(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::vector<Certificate> ParseCertificates(const std::string& pem, const std::string& path) {
  const Bio reader = ReaderOf(pem);
  std::vector<Certificate> certificates;
  while (Certificate next{PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)}) {
    certificates.push_back(std::move(next));
  }
  ERR_clear_error();
  if (certificates.empty()) throw Unfit(path, "holds no certificate in PEM format ('-----BEGIN CERTIFICATE-----')");
  return certificates;
}

// OpenSSL would ask the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return -1;
}

Key ParseKey(const std::string& pem, const std::string& path) {
  Key key{PEM_read_bio_PrivateKey(ReaderOf(pem).get(), nullptr, NoPassphrase, nullptr)};
  ERR_clear_error();
  if (key == nullptr) throw Unfit(path, "holds no private key in PEM format that can be read without a passphrase");
  return key;
}

std::int64_t UnixSeconds(const ASN1_TIME* time) {
  std::tm fields{};
  ASN1_TIME_to_tm(time, &fields);
  return timegm(&fields);
}

std::string TimeText(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm fields{};
  gmtime_r(&time, &fields);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &fields);
  return text;
}

// Returns when it expires.
std::int64_t RequireValid(const X509& certificate, std::int64_t now, const std::string& path) {
  const std::int64_t begins = UnixSeconds(X509_get0_notBefore(&certificate));
  const std::int64_t expires = UnixSeconds(X509_get0_notAfter(&certificate));
  if (now >= expires) throw Unfit(path, "the certificate expired at " + TimeText(expires) + "; renew it");
  if (now < begins) {
    throw Unfit(path, "the certificate is valid from " + TimeText(begins) + " on; is this machine's clock right?");
  }
  return expires;
}

std::int64_t RequireChainValid(const std::vector<Certificate>& chain, std::int64_t now, const std::string& path) {
  std::int64_t first = RequireValid(*chain.front(), now, path);
  for (const Certificate& certificate : chain) first = std::min(first, RequireValid(*certificate, now, path));
  return first;
}

void RequireKeyFits(X509& certificate, const SecuritySettings& settings, const std::string& key_pem) {
  const Key key = ParseKey(key_pem, settings.private_key);
  const bool fits = X509_check_private_key(&certificate, key.get()) == 1;
  ERR_clear_error();
  if (!fits) throw Unfit(settings.private_key, "is not the key of the certificate in " + settings.certificate);
}

}  // namespace

TlsMaterial ReadTlsMaterial(const SecuritySettings& settings, std::int64_t now) {
  TlsMaterial material;
  material.certificate = base::ReadFile(settings.certificate);
  material.private_key = base::ReadFile(settings.private_key);
  const std::vector<Certificate> chain = ParseCertificates(material.certificate, settings.certificate);
  material.expires = RequireChainValid(chain, now, settings.certificate);
  RequireKeyFits(*chain.front(), settings, material.private_key);
  if (settings.client_authorities.empty()) return material;
  material.client_authorities = base::ReadFile(settings.client_authorities);
  ParseCertificates(material.client_authorities, settings.client_authorities);
  return material;
}

}  // namespace shortlist::security
