// All that stands between a network and the server: the checked settings, the TLS files, the clients, and their reload.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "security/authorizer.h"
#include "security/published_tls.h"
#include "shortlist/settings/serve_security.h"

namespace shortlist::security {

// Whether an address "host:port" can be reached from this machine alone: localhost, 127.0.0.0/8, [::1].
bool IsLoopback(std::string_view address);

// Thread-safe.
class Gatekeeper {
 public:
  // Reads and checks all files, and looks at them again every settings.reload_seconds: sound new ones are used from
  // then on, others are logged and left. Throws Error{kInvalidArgument} for settings that contradict each other, and
  // what PublishedTls and Authorizer throw.
  explicit Gatekeeper(const SecuritySettings& settings);
  ~Gatekeeper();
  Gatekeeper(const Gatekeeper&) = delete;
  Gatekeeper& operator=(const Gatekeeper&) = delete;

  // Throws Error{kInvalidArgument} if a port at this address would be open to a network without TLS and the settings do
  // not ask for that, or would take tokens in the clear from one. `field` names the address in messages.
  void RequireSafe(std::string_view address, std::string_view field) const;

  const SecuritySettings& settings() const;
  const PublishedTls* tls() const;                       // null without TLS
  std::shared_ptr<const Authorizer> authorizer() const;  // null if everybody may call
  bool describes_services() const;                       // by reflection

  // How often files with new contents were taken, and were not sound and left.
  std::uint64_t reloads() const;
  std::uint64_t refused_reloads() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::security
