// What a server with given settings would do, told without opening a file or a port.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shortlist/settings/serve.h"

namespace shortlist::tools {

struct OutlinedPort {
  std::string purpose;  // retrieval, admin, health or metrics
  std::string address;
  std::string protocol;                      // grpc or http
  bool tls = false;                          // whether clients must speak it
  std::vector<std::string> health_services;  // that grpc.health.v1.Health knows on this port; "" is all of it
};

struct ServingOutline {
  std::filesystem::path models;
  std::string policy;
  std::vector<OutlinedPort> ports;
  std::vector<std::string> reads;   // files beside the models that must be there at the start
  std::vector<std::string> writes;  // files that are written, or made in the folder that is there
  ShutdownSettings shutdown;
};

// Throws Error{kInvalidArgument} for settings that no server would start with (serve::RequireServable).
ServingOutline OutlineOf(const ServeSettings& settings, const std::filesystem::path& models);

// Lines that end with a line break.
std::string Text(const ServingOutline& outline);
// One JSON object that ends with a line break.
std::string Json(const ServingOutline& outline);

}  // namespace shortlist::tools
