// shortlist.v1.Retrieval over the callback API.
#pragma once

#include "serve/retrieval.h"
#include "serve/workers.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::serve {

// Every exception becomes a status: an Error its code and message, memory that runs out RESOURCE_EXHAUSTED, anything
// else INTERNAL with details in the log only. Calls that are cancelled or late before their turn are dropped; calls for
// which no worker has room get RESOURCE_EXHAUSTED.
class GrpcService final : public v1::Retrieval::CallbackService {
 public:
  // Both must outlive the service and its calls.
  GrpcService(const RetrievalService& retrieval, Workers& workers) : retrieval_(retrieval), workers_(workers) {}

  grpc::ServerUnaryReactor* Recommend(grpc::CallbackServerContext* context, const v1::RecommendRequest* request,
                                      v1::RecommendResponse* response) override;
  grpc::ServerUnaryReactor* RecommendBatch(grpc::CallbackServerContext* context,
                                           const v1::RecommendBatchRequest* request,
                                           v1::RecommendBatchResponse* response) override;
  grpc::ServerUnaryReactor* SimilarItems(grpc::CallbackServerContext* context, const v1::SimilarItemsRequest* request,
                                         v1::SimilarItemsResponse* response) override;
  grpc::ServerUnaryReactor* SimilarUsers(grpc::CallbackServerContext* context, const v1::SimilarUsersRequest* request,
                                         v1::SimilarUsersResponse* response) override;

 private:
  const RetrievalService& retrieval_;
  Workers& workers_;
};

}  // namespace shortlist::serve
