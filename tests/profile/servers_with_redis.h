// Servers of one machine, by name, that share a Redis.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "profile/live_profiles.h"
#include "profile/made_events.h"
#include "profile/redis_server.h"

namespace shortlist::profile {

inline std::vector<std::string> ItemsOf(const LiveProfiles& server, const std::string& shopper) {
  std::vector<std::string> items;
  for (const ItemEvent& event : server.Find(shopper).value_or(Profile()).events) items.push_back(event.item);
  return items;
}

class ServersWithRedis : public ::testing::Test {
 protected:
  void SetUp() override {
    settings_.key_file = scratch_ / "key";
    settings_.store = redis_.settings();
    settings_.rotate_seconds = 1;
  }

  std::filesystem::path FolderOf(const std::string& name) const { return scratch_ / name; }
  // Starts it if it does not run.
  LiveProfiles& Server(const std::string& name) {
    std::unique_ptr<LiveProfiles>& server = servers_[name];
    if (server == nullptr) {
      LiveEventSettings settings = settings_;
      settings.directory = FolderOf(name);
      server = std::make_unique<LiveProfiles>(settings, MadeEventFiles());
    }
    return *server;
  }
  void Stop(const std::string& name) { servers_[name].reset(); }

  ScratchDirectory scratch_;
  RedisServer redis_;
  LiveEventSettings settings_;
  std::map<std::string, std::unique_ptr<LiveProfiles>> servers_;
};

}  // namespace shortlist::profile
