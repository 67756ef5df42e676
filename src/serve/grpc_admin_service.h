// shortlist.v1.Admin over the callback API.
#pragma once

#include "serve/grpc_answer.h"
#include "serve/retrieval.h"
#include "shortlist/v1/admin.grpc.pb.h"

namespace shortlist::serve {

using RawAdmin = v1::Admin::WithRawCallbackMethod_GetStatus<v1::Admin::Service>;

class GrpcAdminService final : public RawAdmin {
 public:
  // `shoppers` is the path of the calls that are reported on, `resources` those of this service's own calls. All must
  // outlive the service and its calls.
  GrpcAdminService(const RetrievalService& retrieval, const CallPath& shoppers, CallResources resources)
      : retrieval_(retrieval), shoppers_(shoppers), resources_(resources) {}

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

 private:
  const RetrievalService& retrieval_;
  const CallPath& shoppers_;
  CallResources resources_;
};

}  // namespace shortlist::serve
