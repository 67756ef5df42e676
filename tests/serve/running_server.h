// A server of the made bundle on a free port of the loopback interface.
#pragma once

#include <memory>

#include "serve/made_bundle.h"
#include "serve/server.h"

namespace shortlist::serve {

inline ServeSettings LoopbackSettings() {
  ServeSettings settings;
  settings.address = "127.0.0.1:0";
  settings.admin.address = "127.0.0.1:0";
  settings.shutdown.drain_seconds = 2;
  return settings;
}

inline std::unique_ptr<Server> StartMadeServer(const ServeSettings& settings = LoopbackSettings()) {
  const ScratchFolder folder;
  return Server::Start(settings, WriteMadeBundle(MadeRetailer(), folder.path()));
}

}  // namespace shortlist::serve
