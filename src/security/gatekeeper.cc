#include "security/gatekeeper.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/periodic.h"
#include "security/settings_check.h"

namespace shortlist::security {

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
  std::optional<base::Periodic> reload;  // last, so that it ends before what it uses
};

Gatekeeper::Gatekeeper(const SecuritySettings& settings) : state_(std::make_unique<State>(settings)) {}

Gatekeeper::~Gatekeeper() = default;

void Gatekeeper::RequireSafe(std::string_view address, std::string_view field) const {
  security::RequireSafe(state_->settings, address, field);
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
