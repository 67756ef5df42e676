// Talking to a Redis.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shortlist/settings/serve_event_store.h"

namespace shortlist::profile {

// A command and its arguments, of any bytes.
using RedisCommand = std::vector<std::string>;

struct RedisReply {
  std::optional<std::string> text = {};   // numbers in decimal; nothing for nil and arrays
  std::vector<RedisReply> elements = {};  // of an array
  std::string error = {};                 // why Redis refused; empty if it did not
};

// Connections to one Redis, made when they are needed and kept for the next. One that broke is replaced without notice,
// so a Redis that is there again is found by the next call. Thread-safe.
class RedisConnections {
 public:
  // Throws Error{kInvalidArgument} for an address that is none. Does not connect.
  explicit RedisConnections(const EventStoreSettings& settings);
  ~RedisConnections();
  RedisConnections(const RedisConnections&) = delete;
  RedisConnections& operator=(const RedisConnections&) = delete;

  // Sends all commands in one turn, and returns what each gave. A connection that was kept may turn out to be gone
  // after Redis had the commands: they are sent again then, so let them have no other effect when they come twice.
  // Throws Error{kUnavailable} if Redis cannot be reached, does not take the password, or is too slow. After that calls
  // fail at once for a moment, so that callers do not queue for a Redis that is gone.
  std::vector<RedisReply> Run(std::span<const RedisCommand> commands);
  // The same, and throws Error{kUnavailable} if Redis refuses one.
  std::vector<RedisReply> RunAll(std::span<const RedisCommand> commands);
  RedisReply RunOne(const RedisCommand& command);

  const std::string& address() const { return settings_.address; }

 private:
  class Connection;
  using Pointer = std::unique_ptr<Connection>;

  Pointer Connect();
  Pointer TakeIdle();
  void Keep(Pointer connection);
  void DropIdle();
  void FailAtOnceFor(std::chrono::milliseconds pause, const std::string& why);
  void RequireNoPause();

  const EventStoreSettings settings_;
  std::mutex mutex_;  // of what follows
  std::vector<Pointer> idle_;
  std::chrono::steady_clock::time_point paused_until_;
  std::string pause_reason_;
};

}  // namespace shortlist::profile
