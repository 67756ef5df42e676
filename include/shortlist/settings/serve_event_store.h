// Where what is known of shoppers is kept.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class EventStoreKind { kRocksdb, kRedis };
template <>
struct EnumNames<EventStoreKind> {
  static constexpr std::array<std::string_view, 2> kNames = {"rocksdb", "redis"};
};

struct EventStoreSettings {
  EventStoreKind kind = EventStoreKind::kRocksdb;
  std::string address = "127.0.0.1:6379";
  std::string username;
  std::string password_file;
  std::string key_prefix = "shortlist:";
  std::int64_t timeout_ms = 500;
  bool insecure = false;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("kind", kind,
          "`rocksdb`: in serve.events.directory, for one server. `redis`: in a Redis that several servers share, so "
          "that each knows of what any was told; they need the same key_file. The other fields are Redis's.");
    visit("address", address, "Host and port of Redis, or `unix:` and the path of its socket.");
    visit("username", username, "Of Redis's access control list; empty for its default user.");
    visit("password_file", password_file,
          "File with the password, without an end of line; read at every connection, so that it can be replaced while "
          "the server runs. Empty: none is sent.");
    visit("key_prefix", key_prefix, "How all keys begin. Servers with the same one share what they know.");
    visit("timeout_ms", timeout_ms, "How long Redis may take to accept a connection, and to answer.", Bounds{1, 60000});
    visit("insecure", insecure,
          "Allows an address other than the loopback interface's or a socket, though what goes there is not "
          "encrypted: for networks that encrypt by themselves.");
  }
};

}  // namespace shortlist
