// A Redis of a test's own, with its files in a folder that goes with it.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "shortlist/settings/serve_event_store.h"

namespace shortlist::profile {

class RedisServer {
 public:
  // Listens when this returns. By default what it acknowledges is on disk.
  explicit RedisServer(std::vector<std::string> arguments = {"--appendonly", "yes", "--appendfsync", "always"});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // Of its socket.
  std::string address() const { return "unix:" + (directory_ / "socket").string(); }
  const std::filesystem::path& directory() const { return directory_; }
  EventStoreSettings settings() const;

  // With SIGKILL, if it runs.
  void Kill();
  // With the files that are there.
  void Start();
  // As an operator, who needs no password.
  std::string Ask(const std::vector<std::string>& command) const;

 private:
  const std::filesystem::path directory_;  // with a short name, as sockets need
  const std::vector<std::string> arguments_;
  pid_t process_ = 0;
};

}  // namespace shortlist::profile
