#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "base/log.h"
#include "base/stop_signal.h"
#include "commands.h"
#include "serve/model_versions.h"
#include "serve/retrieval.h"
#include "serve/server.h"
#include "wiring.h"

namespace shortlist::tools {

namespace {

// What would be served; throws as a start would.
std::string Check(const ServeSettings& settings, const std::filesystem::path& models) {
  serve::RetrievalService retrieval(settings.limits, {});
  serve::ModelVersions(settings.versions, models, retrieval).Start();
  return retrieval.traffic().stable->bundle().version();
}

void Serve(const ServeSettings& settings, const std::filesystem::path& models) {
  base::InstallStopSignals();
  // protobuf would write a line for every text of a request that is not UTF-8: a caller could fill the log with them.
  google::protobuf::SetLogHandler(nullptr);
  const std::unique_ptr<serve::Server> server = serve::Server::Start(settings, models);
  std::cout << fmt::format("serving {} on {}", server->bundle_version(), server->address()) << std::endl;
  if (!server->admin_address().empty()) std::cout << fmt::format("admin on {}", server->admin_address()) << std::endl;
  base::WaitForStop();
  base::LogInfo("stopping");
  server->Shutdown();
  base::LogInfo("stopped");
}

}  // namespace

void Execute(const ServeCommand& command) {
  Settings settings = Load(command.configuration);
  if (!command.address.empty()) settings.serve.address = command.address;
  if (!command.admin_address.empty()) settings.serve.admin.address = command.admin_address;
  if (command.insecure) settings.serve.security.insecure = true;
  const std::filesystem::path models = command.bundle.empty() ? LayoutOf(settings).bundle : command.bundle;
  if (command.effect == Effect::kServe) return Serve(settings.serve, models);
  std::cout << fmt::format("would serve {} on {}\n", Check(settings.serve, models), settings.serve.address);
}

}  // namespace shortlist::tools
