#include "security/settings_check.h"

#include <arpa/inet.h>
#include <string>

#include "shortlist/error.h"

namespace shortlist::security {
namespace {

Error Contradiction(const std::string& message) {
  return {Code::kInvalidArgument, message};
}

std::string_view HostOf(std::string_view address) {
  std::string_view host = address.substr(0, address.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

bool IsLoopback(std::string_view address) {
  const std::string host(HostOf(address));
  if (host == "localhost") return true;
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

void RequireConsistent(const SecuritySettings& settings) {
  if (settings.certificate.empty() != settings.private_key.empty()) {
    throw Contradiction("serve.security.certificate and serve.security.private_key belong together; set both or none");
  }
  if (!settings.client_authorities.empty() && !settings.encrypts()) {
    throw Contradiction("serve.security.client_authorities needs serve.security.certificate and private_key");
  }
}

void RequireSafe(const SecuritySettings& settings, std::string_view address, std::string_view field) {
  if (settings.encrypts() || IsLoopback(address)) return;
  const std::string where = std::string(field) + " '" + std::string(address) + "' can be reached over a network";
  if (settings.authorizes()) {
    throw Contradiction(where +
                        ", which would carry tokens in the clear; set serve.security.certificate and "
                        "private_key, or listen on 127.0.0.1");
  }
  if (settings.insecure) return;
  throw Contradiction(where +
                      " without TLS; set serve.security.certificate and private_key, listen on 127.0.0.1, or "
                      "allow it with serve.security.insecure (--insecure) where the network is trusted");
}

}  // namespace shortlist::security
