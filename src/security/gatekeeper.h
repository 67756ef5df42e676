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

  // As security::RequireSafe, with the settings in use.
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
