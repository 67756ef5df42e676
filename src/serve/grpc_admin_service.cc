#include "serve/grpc_admin_service.h"

namespace shortlist::serve {

grpc::ServerUnaryReactor* GrpcAdminService::GetStatus(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::GetStatusRequest, v1::GetStatusResponse>(
      resources_, "shortlist.v1.Admin/GetStatus", context, request, response,
      [this](const v1::GetStatusRequest& /*message*/, v1::GetStatusResponse& answer) {
        answer.set_bundle_version(retrieval_.snapshot()->bundle().version());
        answer.set_calls_under_way(shoppers_.under_way());
      });
}

}  // namespace shortlist::serve
