// Who may talk to the server, and how conversations are kept from others.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "shortlist/settings/field.h"

namespace shortlist {

// Of clients, at the start of a connection.
enum class ClientCertificates { kRequired, kOptional };
template <>
struct EnumNames<ClientCertificates> {
  static constexpr std::array<std::string_view, 2> kNames = {"required", "optional"};
};

enum class Reflection { kAuto, kOn, kOff };
template <>
struct EnumNames<Reflection> {
  static constexpr std::array<std::string_view, 3> kNames = {"auto", "on", "off"};
};

struct SecuritySettings {
  bool insecure = false;
  std::string certificate;
  std::string private_key;
  std::string client_authorities;
  ClientCertificates client_certificates = ClientCertificates::kRequired;
  std::string clients;
  std::int64_t reload_seconds = 10;
  Reflection reflection = Reflection::kAuto;

  bool encrypts() const { return !certificate.empty(); }
  bool authorizes() const { return !clients.empty(); }

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("insecure", insecure,
          "Allows addresses other than the loopback interface's without TLS: for networks that encrypt by themselves.");
    visit("certificate", certificate,
          "PEM file with the server's certificate, and those of intermediate authorities after it. Turns TLS 1.2 and "
          "1.3 on, for the admin port as well.");
    visit("private_key", private_key, "PEM file with the certificate's private key, without a passphrase.");
    visit("client_authorities", client_authorities,
          "PEM file with the authorities that clients' certificates come from. Turns mutual TLS on.");
    visit("client_certificates", client_certificates,
          "With client_authorities: whether a client without a certificate is turned away (`required`) or may still "
          "show a token (`optional`).");
    visit("clients", clients,
          "JSON file of the clients that may call: names, hashes of tokens or identities of certificates, and scopes "
          "(docs/security.md). Empty: whoever reaches a port may call everything there.");
    visit("reload_seconds", reload_seconds, "How often these files are looked at for a new content.", Bounds{1, 86400});
    visit("reflection", reflection,
          "Whether the server describes its services to callers: `auto` does so only where `clients` is empty. When it "
          "is not, the scope `read` is needed.");
  }
};

}  // namespace shortlist
