// shortlist.v1.Retrieval over the callback API.
#pragma once

#include "serve/retrieval.h"
#include "serve/workers.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::serve {

// The service whose methods get and give bytes, because gRPC answers UNIMPLEMENTED to bytes that it cannot parse.
using RawRetrieval = v1::Retrieval::WithRawCallbackMethod_Recommend<
    v1::Retrieval::WithRawCallbackMethod_RecommendBatch<v1::Retrieval::WithRawCallbackMethod_SimilarItems<
        v1::Retrieval::WithRawCallbackMethod_SimilarUsers<v1::Retrieval::Service>>>>;

// Every exception becomes a status: an Error its code and message, memory that runs out RESOURCE_EXHAUSTED, anything
// else INTERNAL with details in the log only. Bytes that are not the request get INVALID_ARGUMENT. Calls that are
// cancelled or late before their turn are dropped; calls for which no worker has room get RESOURCE_EXHAUSTED.
class GrpcService final : public RawRetrieval {
 public:
  // Both must outlive the service and its calls.
  GrpcService(const RetrievalService& retrieval, Workers& workers) : retrieval_(retrieval), workers_(workers) {}

  grpc::ServerUnaryReactor* Recommend(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RecommendBatch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SimilarItems(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SimilarUsers(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;

 private:
  const RetrievalService& retrieval_;
  Workers& workers_;
};

}  // namespace shortlist::serve
