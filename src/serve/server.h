// The gRPC server of a model: shortlist.v1.Retrieval and Events for shoppers and shortlist.v1.Admin and Catalog for
// those who run it, each on a port of its own with the standard health service, which may also have one for itself
// (grpc_health.h).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "profile/decision_log.h"
#include "profile/event_lake.h"
#include "shortlist/settings/serve.h"

namespace shortlist::serve {

class Server {
 public:
  // Loads what settings.versions asks for from a model directory (model_directory.h), then listens, then reports
  // SERVING and follows the directory from then on; returns without waiting for requests. The ports of health and of
  // the admin service listen before anything is loaded. Throws what RequireServable (settings_check.h) and
  // security::Gatekeeper throw, before anything else, Error{kUnavailable} if an address cannot be listened on, and what
  // ModelVersions::Start throws.
  // `event_files` keep the events that are taken, if settings.events names a folder for them, and `decision_files` the
  // decisions; without the latter none are kept.
  static std::unique_ptr<Server> Start(const ServeSettings& settings, const std::filesystem::path& model_directory,
                                       profile::EventFiles event_files = {},
                                       profile::DecisionFiles decision_files = {});
  // Shuts down if that has not happened, and waits for a version that is being loaded.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  // The settings' hosts with the ports that were taken.
  std::string address() const;
  std::string admin_address() const;    // empty if there is no admin service
  std::string health_address() const;   // empty if health has no port of its own
  std::string metrics_address() const;  // empty if there are no metrics
  std::string bundle_version() const;

  // Reports NOT_SERVING and takes calls for settings.shutdown.lame_duck_seconds more; then refuses new ones as
  // UNAVAILABLE, lets those under way finish for drain_seconds, and cancels what is left. Returns when no shopper is
  // connected any more; the admin service, whose calls may load a version for long, and the port of health go with the
  // object. Idempotent;
  // call it from one thread.
  void Shutdown();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  void CloseOthers();
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::serve
