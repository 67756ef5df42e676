#include <chrono>
#include <string_view>
#include <utility>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include "base/log.h"
#include "serve/grpc_service.h"
#include "serve/retrieval.h"
#include "serve/server.h"
#include "serve/snapshot.h"
#include "serve/workers.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

constexpr std::size_t kMostWaitingPerThread = 256;

void RequireHostAndPort(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const std::string_view port = colon == std::string::npos ? "" : std::string_view(address).substr(colon + 1);
  const bool digits = port.find_first_not_of("0123456789") == std::string_view::npos;
  if (colon != std::string::npos && colon > 0 && !port.empty() && port.size() <= 5 && digits) return;
  throw Error(Code::kInvalidArgument,
              "serve.address '" + address + "' is not host:port; give for example 127.0.0.1:50051");
}

std::string WithPort(const std::string& address, int port) {
  return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

// Without port sharing, which is gRPC's default, a second server on a port is an error and not a silent half of the
// traffic.
void Configure(grpc::ServerBuilder& builder, const ServeSettings& settings) {
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(static_cast<int>(settings.max_message_bytes));
  builder.SetMaxSendMessageSize(static_cast<int>(settings.max_message_bytes));
}

// Process-wide switches of gRPC that servers built from now on obey.
void EnableHealthAndReflection() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
}

}  // namespace

struct Server::State {
  State(const ServeSettings& given, std::shared_ptr<const ServingSnapshot> snapshot)
      : settings(given),
        retrieval(settings, std::move(snapshot)),
        workers(static_cast<std::size_t>(settings.threads),
                static_cast<std::size_t>(settings.threads) * kMostWaitingPerThread),
        service(retrieval, workers) {}

  void Listen() {
    EnableHealthAndReflection();
    grpc::ServerBuilder builder;
    Configure(builder, settings);
    builder.AddListeningPort(settings.address, grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    server = builder.BuildAndStart();
    if (server != nullptr && port > 0) return;
    throw Error(Code::kUnavailable, "cannot listen on '" + settings.address +
                                        "': the port is taken or the host is not of this machine; choose another "
                                        "serve.address");
  }

  ServeSettings settings;
  RetrievalService retrieval;
  Workers workers;
  GrpcService service;
  int port = 0;
  std::unique_ptr<grpc::Server> server;  // last, so that calls end before what they use
};

std::unique_ptr<Server> Server::Start(const ServeSettings& settings, const std::filesystem::path& bundle_directory) {
  RequireHostAndPort(settings.address);
  auto state = std::make_unique<State>(settings, ServingSnapshot::Load(bundle_directory));
  state->Listen();
  state->server->GetHealthCheckService()->SetServingStatus(v1::Retrieval::service_full_name(), true);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {
  base::LogInfo("serving bundle " + bundle_version() + " on " + address());
}

Server::~Server() {
  Shutdown();
}

int Server::port() const {
  return state_->port;
}

std::string Server::address() const {
  return WithPort(state_->settings.address, state_->port);
}

std::string Server::bundle_version() const {
  return std::string(state_->retrieval.snapshot()->bundle().version());
}

void Server::Shutdown() {
  if (state_->server == nullptr) return;
  base::LogInfo("shutting down; calls under way have " + std::to_string(state_->settings.drain_seconds) + " s");
  state_->server->GetHealthCheckService()->SetServingStatus(false);
  state_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(state_->settings.drain_seconds));
  state_->server.reset();
}

}  // namespace shortlist::serve
