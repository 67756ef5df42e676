#include "serve/grpc_health.h"

namespace shortlist::serve {
namespace {

constexpr std::int64_t kLargestMessage = 4096;  // a request is the name of a service

GrpcListener::Options OptionsOf(const std::string& address, const ConnectionSettings& connections) {
  GrpcListener::Options options;
  options.address = address;
  options.setting = "serve.health.address";
  options.credentials = grpc::InsecureServerCredentials();
  options.connections = connections;
  options.max_message_bytes = kLargestMessage;
  return options;
}

}  // namespace

HealthPort::HealthPort(const std::string& address, const ConnectionSettings& connections)
    : listener_(OptionsOf(address, connections)) {
  listener_.SetServing(kLiveness, true);
  listener_.SetServing(kStartup, false);
  SetReady(false);
}

void HealthPort::Serve() {
  listener_.SetServing(kStartup, true);
  SetReady(true);
}

void HealthPort::Leave() {
  SetReady(false);
}

void HealthPort::SetReady(bool ready) {
  listener_.SetServing(kReadiness, ready);
  listener_.SetServing("", ready);
}

}  // namespace shortlist::serve
