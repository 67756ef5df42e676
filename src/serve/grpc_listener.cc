#include "serve/grpc_listener.h"

#include <cstdint>
#include <limits>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include "serve/grpc_reflection.h"
#include "serve/settings_check.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

int Milliseconds(std::int64_t seconds) {
  return static_cast<int>(seconds * 1000);
}

// gRPC's way to say never.
int MillisecondsOrNever(std::int64_t seconds) {
  return seconds == 0 ? std::numeric_limits<int>::max() : Milliseconds(seconds);
}

void Configure(grpc::ServerBuilder& builder, const ConnectionSettings& connections) {
  // Without port sharing, which is gRPC's default, a second server on a port is an error and not a silent half of the
  // traffic.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, MillisecondsOrNever(connections.keepalive_seconds));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(connections.keepalive_timeout_seconds));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(connections.least_ping_seconds));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, MillisecondsOrNever(connections.max_idle_seconds));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, MillisecondsOrNever(connections.max_age_seconds));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, Milliseconds(connections.max_age_grace_seconds));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(connections.max_calls));
}

// Process-wide switches of gRPC that servers built from now on obey.
void EnableHealthAndReflection() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
}

}  // namespace

GrpcListener::GrpcListener(const Options& options) {
  RequireHostAndPort(options.address, options.setting);
  host_ = options.address.substr(0, options.address.rfind(':'));
  EnableHealthAndReflection();
  grpc::ServerBuilder builder;
  if (!options.describes_services) RemoveReflection(builder);
  Configure(builder, options.connections);
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  builder.SetMaxSendMessageSize(static_cast<int>(options.max_message_bytes));
  builder.AddListeningPort(options.address, options.credentials, &port_);
  for (grpc::Service* service : options.services) builder.RegisterService(service);
  if (options.services.empty()) builder.RegisterCallbackGenericService(&nothing_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    throw Error(Code::kUnavailable, "cannot listen on '" + options.address +
                                        "': the port is taken or the host is not of this machine; choose another " +
                                        options.setting);
  }
  SetServing("", false);
}

std::string GrpcListener::address() const {
  return host_ + ":" + std::to_string(port_);
}

void GrpcListener::SetServing(const std::string& service, bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(service, serving);
}

void GrpcListener::StopServing() {
  server_->GetHealthCheckService()->Shutdown();
}

void GrpcListener::Shutdown(std::chrono::milliseconds patience) {
  server_->Shutdown(std::chrono::system_clock::now() + patience);
}

}  // namespace shortlist::serve
