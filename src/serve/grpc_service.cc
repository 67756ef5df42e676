#include "serve/grpc_service.h"

#include <memory>

#include "serve/grpc_messages.h"
#include "serve/grpc_recommend_task.h"

namespace shortlist::serve {

grpc::ServerUnaryReactor* GrpcService::Recommend(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return HandOver(resources_, "shortlist.v1.Retrieval/Recommend", context, request, response,
                  [this](const PendingCall& pending) {
                    return std::make_unique<RecommendTask>(retrieval_, resources_.overload, pending);
                  });
}

grpc::ServerUnaryReactor* GrpcService::RecommendBatch(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::RecommendBatchRequest, v1::RecommendBatchResponse>(
      resources_, "shortlist.v1.Retrieval/RecommendBatch", context, request, response,
      [this](const v1::RecommendBatchRequest& message, v1::RecommendBatchResponse& answer) {
        FillMessage(retrieval_.RecommendBatch(RequestsFrom(message)), answer);
      });
}

grpc::ServerUnaryReactor* GrpcService::SimilarItems(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::SimilarItemsRequest, v1::SimilarItemsResponse>(
      resources_, "shortlist.v1.Retrieval/SimilarItems", context, request, response,
      [this](const v1::SimilarItemsRequest& message, v1::SimilarItemsResponse& answer) {
        FillMessage(retrieval_.SimilarItems(RequestFrom(message)), answer);
      });
}

grpc::ServerUnaryReactor* GrpcService::SimilarUsers(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::SimilarUsersRequest, v1::SimilarUsersResponse>(
      resources_, "shortlist.v1.Retrieval/SimilarUsers", context, request, response,
      [this](const v1::SimilarUsersRequest& message, v1::SimilarUsersResponse& answer) {
        FillMessage(retrieval_.SimilarUsers(RequestFrom(message)), answer);
      });
}

}  // namespace shortlist::serve
