#include "admin_client.h"

#include <utility>

#include <grpcpp/grpcpp.h>

#include "client_channel.h"
#include "shortlist/error.h"
#include "shortlist/v1/admin.grpc.pb.h"

namespace shortlist::tools {
namespace {

std::string StateName(v1::VersionState state) {
  switch (state) {
    case v1::VERSION_STATE_AVAILABLE:
      return "available";
    case v1::VERSION_STATE_INCOMPLETE:
      return "incomplete";
    case v1::VERSION_STATE_LOADING:
      return "loading";
    case v1::VERSION_STATE_STABLE:
      return "stable";
    case v1::VERSION_STATE_CANARY:
      return "canary";
    case v1::VERSION_STATE_REFUSED:
      return "refused";
    default:
      return "unknown";
  }
}

ServedVersions VersionsFrom(const v1::ListVersionsResponse& message) {
  ServedVersions served{{}, message.canary_percent(), message.warning()};
  for (const v1::Version& version : message.versions()) {
    served.versions.push_back({version.name(), StateName(version.state()), version.bundle_version(), version.reason()});
  }
  return served;
}

}  // namespace

struct AdminClient::State {
  std::string address;
  std::chrono::milliseconds deadline;
  std::unique_ptr<v1::Admin::Stub> stub;

  template <class Request>
  ServedVersions Call(grpc::Status (v1::Admin::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              v1::ListVersionsResponse*),
                      const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    v1::ListVersionsResponse response;
    const grpc::Status status = (stub.get()->*method)(&context, request, &response);
    if (status.ok()) return VersionsFrom(response);
    const auto code = static_cast<Code>(status.error_code());
    if (code != Code::kUnavailable) throw Error(code, status.error_message());
    throw Error(code, "no admin service answers at '" + address + "'; see serve.admin.address (" +
                          status.error_message() + ")");
  }
};

AdminClient::AdminClient(std::string address, std::chrono::milliseconds deadline, const ClientSecurity& security)
    : state_(std::make_unique<State>(State{std::move(address), deadline, nullptr})) {
  state_->stub = v1::Admin::NewStub(MakeChannel(state_->address, security));
}

AdminClient::~AdminClient() = default;

ServedVersions AdminClient::ListVersions() const {
  return state_->Call(&v1::Admin::Stub::ListVersions, v1::ListVersionsRequest());
}

ServedVersions AdminClient::ActivateStable(const std::string& name) const {
  v1::ActivateRequest request;
  request.set_name(name);
  request.set_label(v1::VERSION_LABEL_STABLE);
  return state_->Call(&v1::Admin::Stub::Activate, request);
}

ServedVersions AdminClient::ActivateCanary(const std::string& name, double percent) const {
  v1::ActivateRequest request;
  request.set_name(name);
  request.set_label(v1::VERSION_LABEL_CANARY);
  request.set_canary_percent(percent);
  return state_->Call(&v1::Admin::Stub::Activate, request);
}

ServedVersions AdminClient::Rollback() const {
  return state_->Call(&v1::Admin::Stub::Rollback, v1::RollbackRequest());
}

ServedVersions AdminClient::FollowSettings() const {
  return state_->Call(&v1::Admin::Stub::FollowSettings, v1::FollowSettingsRequest());
}

}  // namespace shortlist::tools
