// The gRPC server of one bundle: shortlist.v1.Retrieval, the standard health service and reflection.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "shortlist/settings/serve.h"

namespace shortlist::serve {

class Server {
 public:
  // Loads and verifies the bundle first, then listens, then reports SERVING; returns without waiting for requests.
  // Throws Error{kInvalidArgument} for an address that is not host:port, Error{kUnavailable} if it cannot be listened
  // on, and whatever ServingSnapshot::Load throws.
  static std::unique_ptr<Server> Start(const ServeSettings& settings, const std::filesystem::path& bundle_directory);
  // Shuts down if that has not happened.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  // The settings' host with the port that was taken.
  std::string address() const;
  std::string bundle_version() const;

  // Reports NOT_SERVING, refuses new calls, lets calls under way finish for settings.drain_seconds, then cancels them.
  // Returns when all is over. Idempotent; call it from one thread.
  void Shutdown();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::serve
