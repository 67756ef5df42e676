#include <filesystem>
#include <iostream>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin_client.h"
#include "commands.h"
#include "index/publish.h"
#include "published_versions.h"
#include "report.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

ServedVersions Ask(const AdminClient& client, const VersionsCommand& command) {
  if (const auto* stable = std::get_if<ActivateStable>(&command.change)) return client.ActivateStable(stable->name);
  if (const auto* canary = std::get_if<ActivateCanary>(&command.change)) {
    return client.ActivateCanary(canary->name, canary->percent);
  }
  if (std::holds_alternative<RollBack>(command.change)) return client.Rollback();
  if (std::holds_alternative<FollowSettings>(command.change)) return client.FollowSettings();
  return client.ListVersions();
}

std::string Text(const ServedVersions& served) {
  std::string text = fmt::format("{:<10}  {:<26}  {}\n", "state", "name", "bundle");
  for (const ServedVersion& version : served.versions) {
    text += fmt::format("{:<10}  {:<26}  {}\n", version.state, version.name, version.bundle_version);
    if (!version.reason.empty()) text += "            " + version.reason + "\n";
  }
  if (served.canary_percent > 0) text += fmt::format("the canary serves {}% of shoppers\n", served.canary_percent);
  if (!served.warning.empty()) text += fmt::format("warning: {}\n", served.warning);
  return text;
}

std::string Json(const ServedVersions& served) {
  OrderedJson versions = OrderedJson::array();
  for (const ServedVersion& version : served.versions) {
    versions.push_back({{"name", version.name},
                        {"state", version.state},
                        {"bundle_version", version.bundle_version},
                        {"reason", version.reason}});
  }
  return OrderedJson({{"versions", versions}, {"canary_percent", served.canary_percent}, {"warning", served.warning}})
             .dump(2) +
         "\n";
}

}  // namespace

void Execute(const VersionsCommand& command) {
  const AdminClient client(command.address, command.timeout, command.security);
  const ServedVersions served = Ask(client, command);
  WriteResult(command.json, Json(served));
  std::cout << Text(served);
}

void Execute(const PublishCommand& command) {
  const fs::path bundle = command.bundle.empty() ? LayoutOf(Load(command.configuration)).bundle : command.bundle;
  const std::string version = index::PublishBundle(bundle, command.models, NewestVersion(command.models), command.gate);
  std::cout << fmt::format("published {}\n", (command.models / version).string());
  if (command.keep > 0) RemoveOldVersions(command.models, command.keep, {version});
}

}  // namespace shortlist::tools
