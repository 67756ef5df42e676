#include <iostream>

#include <fmt/format.h>

#include "base/log.h"
#include "base/stop_signal.h"
#include "commands.h"
#include "serve/server.h"
#include "wiring.h"

namespace shortlist::tools {

void Execute(const ServeCommand& command) {
  Settings settings = Load(command.configuration);
  if (!command.address.empty()) settings.serve.address = command.address;
  if (!command.admin_address.empty()) settings.serve.admin.address = command.admin_address;
  base::InstallStopSignals();
  const std::filesystem::path bundle = command.bundle.empty() ? LayoutOf(settings).bundle : command.bundle;
  const std::unique_ptr<serve::Server> server = serve::Server::Start(settings.serve, bundle);
  std::cout << fmt::format("serving {} on {}", server->bundle_version(), server->address()) << std::endl;
  base::WaitForStop();
  base::LogInfo("stopping: calls under way are answered, new ones are refused");
  server->Shutdown();
  base::LogInfo("stopped");
}

}  // namespace shortlist::tools
