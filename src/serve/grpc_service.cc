#include "serve/grpc_service.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "serve/grpc_messages.h"
#include "serve/grpc_privacy.h"
#include "serve/grpc_recommend_task.h"

namespace shortlist::serve {

grpc::ServerUnaryReactor* GrpcService::Recommend(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return HandOver(resources_, "shortlist.v1.Retrieval/Recommend", context, request, response,
                  [this](const PendingCall& pending) {
                    return std::make_unique<RecommendTask>(retrieval_, resources_.overload, pending, recorder_);
                  });
}

grpc::ServerUnaryReactor* GrpcService::RecommendBatch(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return HandOver(resources_, "shortlist.v1.Retrieval/RecommendBatch", context, request, response,
                  [this](const PendingCall& pending) {
                    return MakeTask([this, pending] {
                      AnswerInTurn<v1::RecommendBatchRequest, grpc::Slice>(
                          pending, resources_.overload,
                          [&](const v1::RecommendBatchRequest& message, grpc::Slice& answer) {
                            AnswerBatch(message, pending.call->call(), answer);
                          });
                    });
                  });
}

void GrpcService::AnswerBatch(const v1::RecommendBatchRequest& message, const Call& call, grpc::Slice& answer) const {
  std::vector<RecommendRequest> requests = RequestsFrom(message);
  const bool objects = HasGlobalPrivacyControl(*call.context);
  for (RecommendRequest& one : requests) one.global_privacy_control = objects;
  const RecommendBatchResult result = retrieval_.RecommendBatch(requests);
  answer = MessageOf(result);
  if (recorder_ == nullptr) return;
  const std::int64_t now = base::UnixSeconds();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto* const given = std::get_if<Recommendation>(&result.outcomes[i]);
    if (given != nullptr) recorder_->Offer(call.request_id + "/" + std::to_string(i), requests[i], *given, now);
  }
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
