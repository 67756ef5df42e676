// shortlist.v1.Admin over the callback API.
#pragma once

#include <string_view>

#include "serve/grpc_answer.h"
#include "serve/model_versions.h"
#include "serve/retrieval.h"
#include "shortlist/v1/admin.grpc.pb.h"

namespace shortlist::serve {

using RawAdmin = v1::Admin::WithRawCallbackMethod_GetStatus<v1::Admin::WithRawCallbackMethod_ListVersions<
    v1::Admin::WithRawCallbackMethod_Activate<v1::Admin::WithRawCallbackMethod_Rollback<
        v1::Admin::WithRawCallbackMethod_FollowSettings<v1::Admin::Service>>>>>;

// What the service reports on. All must outlive it and its calls.
struct Administered {
  const RetrievalService& retrieval;
  const CallPath& shoppers;
  ModelVersions& versions;
};

class GrpcAdminService final : public RawAdmin {
 public:
  // `path` is that of this service's own calls and must outlive them.
  GrpcAdminService(Administered administered, CallPath& path)
      : administered_(administered), looks_{path, at_once_, {}}, changes_{path, one_by_one_, Patient()} {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListVersions(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Activate(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Rollback(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* FollowSettings(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;

 private:
  template <class Request, class Act>
  grpc::ServerUnaryReactor* Change(std::string_view method, grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response, const Act& act);
  void FillVersions(v1::ListVersionsResponse& answer) const;
  // Whoever asks for a change may wait for others to end.
  static OverloadSettings Patient();

  Administered administered_;
  Workers at_once_{{.threads = 0, .most_waiting = 0, .most_direct = 64}};
  // One change at a time, and none that keeps others from looking.
  Workers one_by_one_{{.threads = 1, .most_waiting = 16, .most_direct = 0}};
  CallResources looks_;
  CallResources changes_;
};

}  // namespace shortlist::serve
