#include "serving_outline.h"

#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/settings_kind.h"
#include "serve/grpc_health.h"
#include "serve/settings_check.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::tools {
namespace {

std::vector<OutlinedPort> PortsOf(const ServeSettings& settings) {
  const bool tls = settings.security.encrypts();
  std::vector<OutlinedPort> ports = {
      {"retrieval", settings.address, "grpc", tls, {"", std::string(v1::Retrieval::service_full_name())}}};
  if (!settings.admin.address.empty()) ports.push_back({"admin", settings.admin.address, "grpc", tls, {}});
  if (!settings.health.address.empty()) {
    ports.push_back(
        {"health", settings.health.address, "grpc", false, {"", serve::kLiveness, serve::kStartup, serve::kReadiness}});
  }
  if (!settings.metrics.address.empty()) ports.push_back({"metrics", settings.metrics.address, "http", false, {}});
  return ports;
}

std::vector<std::string> FilesReadBy(const ServeSettings& settings) {
  const SecuritySettings& security = settings.security;
  std::vector<std::string> files = {security.certificate, security.private_key, security.client_authorities,
                                    security.clients, settings.access_log.pseudonym_key};
  std::erase(files, "");
  return files;
}

std::vector<std::string> FilesWrittenBy(const ServeSettings& settings) {
  std::vector<std::string> files = {settings.versions.state, settings.catalog.log};
  std::erase(files, "");
  return files;
}

std::string Line(const OutlinedPort& port) {
  return fmt::format("{} on {}{}\n", port.purpose, port.address, port.tls ? " (TLS)" : "");
}

nlohmann::ordered_json JsonOf(const OutlinedPort& port) {
  return {{"purpose", port.purpose},
          {"address", port.address},
          {"protocol", port.protocol},
          {"tls", port.tls},
          {"health_services", port.health_services}};
}

}  // namespace

ServingOutline OutlineOf(const ServeSettings& settings, const std::filesystem::path& models) {
  serve::RequireServable(settings);
  ServingOutline outline;
  outline.models = models;
  outline.policy = base::NameOf(settings.versions.policy);
  outline.ports = PortsOf(settings);
  outline.reads = FilesReadBy(settings);
  outline.writes = FilesWrittenBy(settings);
  outline.shutdown = settings.shutdown;
  return outline;
}

std::string Text(const ServingOutline& outline) {
  std::string text = fmt::format("would serve {} of {}\n", outline.policy, outline.models.string());
  for (const OutlinedPort& port : outline.ports) text += Line(port);
  for (const std::string& file : outline.reads) text += fmt::format("reads {}\n", file);
  for (const std::string& file : outline.writes) text += fmt::format("writes {}\n", file);
  text += fmt::format("at SIGTERM takes calls for {} s more, then has {} s for those under way\n",
                      outline.shutdown.lame_duck_seconds, outline.shutdown.drain_seconds);
  return text;
}

std::string Json(const ServingOutline& outline) {
  nlohmann::ordered_json ports = nlohmann::ordered_json::array();
  for (const OutlinedPort& port : outline.ports) ports.push_back(JsonOf(port));
  const nlohmann::ordered_json json = {{"models", outline.models.string()},
                                       {"policy", outline.policy},
                                       {"ports", ports},
                                       {"reads", outline.reads},
                                       {"writes", outline.writes},
                                       {"lame_duck_seconds", outline.shutdown.lame_duck_seconds},
                                       {"drain_seconds", outline.shutdown.drain_seconds}};
  return json.dump(2) + "\n";
}

}  // namespace shortlist::tools
