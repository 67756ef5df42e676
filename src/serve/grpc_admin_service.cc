#include "serve/grpc_admin_service.h"

#include <string>
#include <string_view>

#include "base/thread_priority.h"
#include "serve/utf8.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

v1::VersionState StateMessage(VersionState state) {
  switch (state) {
    case VersionState::kAvailable:
      return v1::VERSION_STATE_AVAILABLE;
    case VersionState::kIncomplete:
      return v1::VERSION_STATE_INCOMPLETE;
    case VersionState::kLoading:
      return v1::VERSION_STATE_LOADING;
    case VersionState::kStable:
      return v1::VERSION_STATE_STABLE;
    case VersionState::kCanary:
      return v1::VERSION_STATE_CANARY;
    case VersionState::kRefused:
      return v1::VERSION_STATE_REFUSED;
  }
  return v1::VERSION_STATE_UNSPECIFIED;
}

void RequirePercent(double percent) {
  if (percent >= 0 && percent <= 100) return;
  throw Error(Code::kInvalidArgument, "canary_percent is " + std::to_string(percent) + "; give a number from 0 to 100");
}

void Activate(const v1::ActivateRequest& request, ModelVersions& versions) {
  if (request.name().empty()) throw Error(Code::kInvalidArgument, "name is empty; ListVersions says which there are");
  if (request.label() == v1::VERSION_LABEL_CANARY) {
    RequirePercent(request.canary_percent());
    versions.ActivateCanary(request.name(), request.canary_percent());
  } else if (request.label() == v1::VERSION_LABEL_STABLE || request.label() == v1::VERSION_LABEL_UNSPECIFIED) {
    versions.ActivateStable(request.name());
  } else {
    throw Error(Code::kInvalidArgument,
                "label is " + std::to_string(request.label()) + "; give VERSION_LABEL_STABLE or VERSION_LABEL_CANARY");
  }
}

}  // namespace

OverloadSettings GrpcAdminService::Patient() {
  constexpr double kAnHour = 3.6e6;
  OverloadSettings settings;
  settings.max_wait_milliseconds = kAnHour;
  return settings;
}

void GrpcAdminService::FillVersions(v1::ListVersionsResponse& answer) const {
  for (const VersionStatus& status : administered_.versions.List()) {
    v1::Version& version = *answer.add_versions();
    version.set_name(ToUtf8(status.name));
    version.set_state(StateMessage(status.state));
    version.set_bundle_version(status.bundle_version);
    version.set_reason(ToUtf8(status.reason));
  }
  const Traffic traffic = administered_.retrieval.traffic();
  answer.set_warning(ToUtf8(administered_.versions.warning()));
  answer.set_canary_percent(traffic.canary == nullptr ? 0 : traffic.canary_percent);
}

// Loads what is new on the thread of changes, which makes room for those that answer shoppers.
template <class Request, class Act>
grpc::ServerUnaryReactor* GrpcAdminService::Change(std::string_view method, grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response,
                                                   const Act& act) {
  return AnswerCall<Request, v1::ListVersionsResponse>(
      changes_, method, context, request, response,
      [this, act](const Request& message, v1::ListVersionsResponse& answer) {
        base::LowerThreadPriority();
        act(message);
        FillVersions(answer);
      });
}

grpc::ServerUnaryReactor* GrpcAdminService::GetStatus(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::GetStatusRequest, v1::GetStatusResponse>(
      looks_, "shortlist.v1.Admin/GetStatus", context, request, response,
      [this](const v1::GetStatusRequest& /*message*/, v1::GetStatusResponse& answer) {
        const Traffic traffic = administered_.retrieval.traffic();
        if (traffic.stable != nullptr) answer.set_bundle_version(traffic.stable->bundle().version());
        answer.set_calls_under_way(administered_.shoppers.under_way());
        const VersionCounts counts = administered_.versions.counts();
        answer.set_versions_loaded(counts.loaded);
        answer.set_versions_refused(counts.refused);
        answer.set_versions_freed(counts.freed);
      });
}

grpc::ServerUnaryReactor* GrpcAdminService::ListVersions(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::ListVersionsRequest, v1::ListVersionsResponse>(
      looks_, "shortlist.v1.Admin/ListVersions", context, request, response,
      [this](const v1::ListVersionsRequest& /*message*/, v1::ListVersionsResponse& answer) { FillVersions(answer); });
}

grpc::ServerUnaryReactor* GrpcAdminService::Activate(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return Change<v1::ActivateRequest>(
      "shortlist.v1.Admin/Activate", context, request, response,
      [this](const v1::ActivateRequest& message) { serve::Activate(message, administered_.versions); });
}

grpc::ServerUnaryReactor* GrpcAdminService::Rollback(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return Change<v1::RollbackRequest>("shortlist.v1.Admin/Rollback", context, request, response,
                                     [this](const auto& /*message*/) { administered_.versions.Rollback(); });
}

grpc::ServerUnaryReactor* GrpcAdminService::FollowSettings(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return Change<v1::FollowSettingsRequest>("shortlist.v1.Admin/FollowSettings", context, request, response,
                                           [this](const auto& /*message*/) { administered_.versions.Follow(); });
}

}  // namespace shortlist::serve
