// shortlist.v1.Retrieval over the callback API.
#pragma once

#include "serve/grpc_answer.h"
#include "serve/retrieval.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::serve {

// The service whose methods get and give bytes, because gRPC answers UNIMPLEMENTED to bytes that it cannot parse.
using RawRetrieval = v1::Retrieval::WithRawCallbackMethod_Recommend<
    v1::Retrieval::WithRawCallbackMethod_RecommendBatch<v1::Retrieval::WithRawCallbackMethod_SimilarItems<
        v1::Retrieval::WithRawCallbackMethod_SimilarUsers<v1::Retrieval::Service>>>>;

class GrpcService final : public RawRetrieval {
 public:
  // All must outlive the service and its calls.
  GrpcService(const RetrievalService& retrieval, CallResources resources)
      : retrieval_(retrieval), resources_(resources) {}

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
  CallResources resources_;
};

}  // namespace shortlist::serve
