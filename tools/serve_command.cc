#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stop_token>
#include <thread>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "base/log.h"
#include "base/stop_signal.h"
#include "commands.h"
#include "report.h"
#include "serve/model_versions.h"
#include "serve/retrieval.h"
#include "serve/server.h"
#include "serving_outline.h"
#include "wiring.h"

namespace shortlist::tools {

namespace {

// The version that would be served; throws as a start would.
std::string LoadedVersion(const ServeSettings& settings, const std::filesystem::path& models) {
  serve::RetrievalService retrieval(settings.limits, {});
  serve::ModelVersions(settings.versions, models, retrieval).Start();
  return retrieval.traffic().stable->bundle().version();
}

// Ends the process as it is, with all that it said: what is left is at most a version that is being loaded, which only
// reads, perhaps from a disk that does not answer.
[[noreturn]] void Leave() {
  base::LogInfo("stopped");
  std::fflush(nullptr);
  std::_Exit(0);
}

// Leaves at a stop before the server is up.
class EarlyLeave {
 public:
  EarlyLeave() : thread_([](const std::stop_token& up) { Watch(up); }) {}

 private:
  static void Watch(const std::stop_token& up) {
    while (!up.stop_requested()) {
      if (base::StopRequested()) Leave();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  std::jthread thread_;
};

std::unique_ptr<serve::Server> Start(const ServeSettings& settings, const std::filesystem::path& models) {
  const EarlyLeave early;
  return serve::Server::Start(settings, models, ParquetEventFiles(), ParquetDecisionFiles());
}

void Serve(const ServeSettings& settings, const std::filesystem::path& models) {
  base::InstallStopSignals();
  // protobuf would write a line for every text of a request that is not UTF-8: a caller could fill the log with them.
  google::protobuf::SetLogHandler(nullptr);
  const std::unique_ptr<serve::Server> server = Start(settings, models);
  std::cout << fmt::format("serving {} on {}", server->bundle_version(), server->address()) << std::endl;
  if (!server->health_address().empty())
    std::cout << fmt::format("health on {}", server->health_address()) << std::endl;
  if (!server->admin_address().empty()) std::cout << fmt::format("admin on {}", server->admin_address()) << std::endl;
  base::WaitForStop();
  base::LogInfo("stopping");
  server->Shutdown();
  Leave();
}

}  // namespace

void Execute(const ServeCommand& command) {
  Settings settings = Load(command.configuration);
  if (!command.address.empty()) settings.serve.address = command.address;
  if (!command.admin_address.empty()) settings.serve.admin.address = command.admin_address;
  if (command.insecure) settings.serve.security.insecure = true;
  const std::filesystem::path models = command.bundle.empty() ? LayoutOf(settings).bundle : command.bundle;
  if (command.effect == Effect::kServe) return Serve(settings.serve, models);
  const ServingOutline outline = OutlineOf(settings.serve, models);
  if (command.effect == Effect::kCheckModels) {
    std::cout << fmt::format("would serve {} on {}\n", LoadedVersion(settings.serve, models), settings.serve.address);
    return;
  }
  std::cout << Text(outline);
  WriteResult(command.json, Json(outline));
}

}  // namespace shortlist::tools
