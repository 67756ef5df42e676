#include "security/gatekeeper.h"

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <exception>
#include <utility>

#include "base/log.h"
#include "security/periodic.h"
#include "shortlist/error.h"

namespace shortlist::security {
namespace {

Error Contradiction(const std::string& message) {
  return {Code::kInvalidArgument, message};
}

void RequireConsistent(const SecuritySettings& settings) {
  if (settings.certificate.empty() != settings.private_key.empty()) {
    throw Contradiction("serve.security.certificate and serve.security.private_key belong together; set both or none");
  }
  if (!settings.client_authorities.empty() && !settings.encrypts()) {
    throw Contradiction("serve.security.client_authorities needs serve.security.certificate and private_key");
  }
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

struct Gatekeeper::State {
  explicit State(const SecuritySettings& given) : settings(given) {
    RequireConsistent(settings);
    if (settings.encrypts()) tls.emplace(settings);
    if (settings.authorizes()) authorizer = std::make_shared<Authorizer>(settings.clients);
    if (!tls && !authorizer) return;
    reload.emplace(std::chrono::seconds(settings.reload_seconds), [this] { Refresh(); });
  }

  void Refresh() {
    if (tls) RefreshOne(*tls, last_tls_problem, "new TLS certificate in use");
    if (authorizer) RefreshOne(*authorizer, last_clients_problem, "new clients of " + settings.clients + " in use");
  }

  // A problem that lasts is logged and counted once.
  template <class Files>
  void RefreshOne(Files& files, std::string& last_problem, const std::string& done) {
    try {
      if (files.Refresh()) {
        ++reloads;
        base::LogInfo(done);
      }
      last_problem.clear();
    } catch (const std::exception& problem) {
      if (problem.what() == last_problem) return;
      last_problem = problem.what();
      ++refused;
      base::LogError("what is in use stays: " + last_problem);
    }
  }

  SecuritySettings settings;
  std::optional<PublishedTls> tls;
  std::shared_ptr<Authorizer> authorizer;
  std::string last_tls_problem;
  std::string last_clients_problem;
  std::atomic<std::uint64_t> reloads = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::optional<Periodic> reload;  // last, so that it ends before what it uses
};

Gatekeeper::Gatekeeper(const SecuritySettings& settings) : state_(std::make_unique<State>(settings)) {}

Gatekeeper::~Gatekeeper() = default;

void Gatekeeper::RequireSafe(std::string_view address, std::string_view field) const {
  if (state_->tls || IsLoopback(address)) return;
  const std::string where = std::string(field) + " '" + std::string(address) + "' can be reached over a network";
  if (state_->authorizer) {
    throw Contradiction(where +
                        ", which would carry tokens in the clear; set serve.security.certificate and "
                        "private_key, or listen on 127.0.0.1");
  }
  if (state_->settings.insecure) return;
  throw Contradiction(where +
                      " without TLS; set serve.security.certificate and private_key, listen on 127.0.0.1, or "
                      "allow it with serve.security.insecure (--insecure) where the network is trusted");
}

const SecuritySettings& Gatekeeper::settings() const {
  return state_->settings;
}

const PublishedTls* Gatekeeper::tls() const {
  return state_->tls ? &*state_->tls : nullptr;
}

std::shared_ptr<const Authorizer> Gatekeeper::authorizer() const {
  return state_->authorizer;
}

bool Gatekeeper::describes_services() const {
  if (state_->settings.reflection == Reflection::kAuto) return state_->authorizer == nullptr;
  return state_->settings.reflection == Reflection::kOn;
}

std::uint64_t Gatekeeper::reloads() const {
  return state_->reloads;
}

std::uint64_t Gatekeeper::refused_reloads() const {
  return state_->refused;
}

}  // namespace shortlist::security
