// shortlist.v1.Retrieval over the callback API.
#pragma once

#include "serve/decision_recorder.h"
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
  // All must outlive the service and its calls; `recorder` is null where no answer is written down.
  GrpcService(const RetrievalService& retrieval, CallResources resources, DecisionRecorder* recorder = nullptr)
      : retrieval_(retrieval), resources_(resources), recorder_(recorder) {}

  grpc::ServerUnaryReactor* Recommend(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RecommendBatch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SimilarItems(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SimilarUsers(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;

 private:
  void AnswerBatch(const v1::RecommendBatchRequest& message, const Call& call, grpc::Slice& answer) const;

  const RetrievalService& retrieval_;
  CallResources resources_;
  DecisionRecorder* recorder_;
};

}  // namespace shortlist::serve
