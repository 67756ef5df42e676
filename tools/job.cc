#include "job.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "base/plugin.h"
#include "base/settings_json.h"
#include "comm/agreement.h"
#include "comm/device_communicator.h"
#include "comm/job.h"
#include "shortlist/error.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

[[noreturn]] void Abandon(const std::string& reason) {
  std::fprintf(stderr, "error: this rank hangs, and %s\n", reason.c_str());
  _exit(1);
}

// "cuda" of "cuda:1".
std::string KindOf(const tensor::Backend& backend) {
  const std::string name = backend.Name();
  return name.substr(0, name.find(':'));
}

// One for each field, "/batch_size" of the section "train" as "train.batch_size".
void AddClaims(const std::string& section, const nlohmann::json& settings, std::vector<comm::Claim>& claims) {
  const nlohmann::json flat = settings.flatten();
  for (const auto& [path, value] : flat.items()) {
    std::string subject = section + path;
    std::replace(subject.begin(), subject.end(), '/', '.');
    claims.push_back({std::move(subject), value.dump()});
  }
}

Settings OnSharedHost(Settings settings, const comm::Launch& launch) {
  const auto cores = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  if (settings.threads == 0 && launch.local_size > 1) {
    settings.threads = std::max<std::int64_t>(1, cores / launch.local_size);
  }
  return settings;
}

std::unique_ptr<tensor::Backend> BackendOf(const Settings& settings, const comm::Launch& launch) {
  if (launch.rank != 0) base::SetLogLevel(base::LogLevel::kWarning);
  if (launch.size > 1) {
    base::SetLogPrefix("[rank " + std::to_string(launch.rank) + " of " + std::to_string(launch.size) + "] ");
  }
  return MakeTrainingBackend(OnSharedHost(settings, launch), launch);
}

}  // namespace

comm::Launch ReadJob() {
  return comm::ReadLaunch(comm::ProcessEnvironment);
}

void RequireOneProcess(const char* command) {
  const comm::Launch launch = ReadJob();
  if (launch.size == 1) return;
  throw Error(Code::kFailedPrecondition,
              std::string(command) + " is of one process, and this is one of " + std::to_string(launch.size) +
                  " ranks; start several for train, for example: mpirun -n 4 shortlist train "
                  "CONFIG");
}

Job::Job(const Settings& settings)
    : launch_(ReadJob()),
      backend_(BackendOf(settings, launch_)),
      hosts_(comm::JoinJob(launch_, settings.train.communication, *backend_, Abandon)) {}

void Job::RequireAgreement(const Settings& settings, const data::Dataset& dataset, train::Start start) {
  if (hosts_->size() == 1) return;
  std::vector<comm::Claim> claims = {{"program version", SHORTLIST_VERSION},
                                     {"program digest", base::Sha256OfFile("/proc/self/exe")},
                                     {"kind of device", KindOf(*backend_)},
                                     {"dataset digest", dataset.digest()},
                                     {"start", start == train::Start::kResume ? "resumed" : "fresh"},
                                     {"seed", std::to_string(settings.seed)}};
  AddClaims("model", nlohmann::json::parse(base::SettingsToJson(settings.model)), claims);
  AddClaims("train", nlohmann::json::parse(base::SettingsToJson(settings.train)), claims);
  comm::RequireAgreement(*hosts_, claims);
}

void Job::JoinDevices(const CommunicationSettings& settings) {
  if (hosts_->size() == 1 || KindOf(*backend_) == "cpu") return;
  const base::Plugin plugin(KindOf(*backend_), base::PluginDirectories());
  const std::chrono::milliseconds timeout(std::llround(settings.timeout_seconds * 1000));
  devices_ = comm::OpenDeviceCommunicator(plugin, *backend_, *hosts_, timeout);
}

}  // namespace shortlist::tools
