#include "serve/grpc_service.h"

#include <chrono>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "base/log.h"
#include "serve/grpc_messages.h"
#include "serve/utf8.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

grpc::Status StatusFrom(const Error& error) {
  return {static_cast<grpc::StatusCode>(error.code()), ToUtf8(error.what())};
}

grpc::Status TooLate(const grpc::CallbackServerContext& context) {
  if (context.IsCancelled()) return {grpc::StatusCode::CANCELLED, "the call was cancelled before its turn"};
  if (context.deadline() < std::chrono::system_clock::now()) {
    return {grpc::StatusCode::DEADLINE_EXCEEDED, "the deadline passed before the call's turn"};
  }
  return grpc::Status::OK;
}

template <class Work>
grpc::Status StatusOf(const Work& work) {
  try {
    work();
    return grpc::Status::OK;
  } catch (const Error& error) {
    return StatusFrom(error);
  } catch (const std::bad_alloc&) {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED, "the server is out of memory"};
  } catch (const std::exception& failure) {
    base::LogError(std::string("a call failed unexpectedly: ") + failure.what());
    return {grpc::StatusCode::INTERNAL, "internal error; the server's log has details"};
  }
}

// Runs the work on a worker and finishes the call with what became of it.
template <class Work>
grpc::ServerUnaryReactor* Answer(Workers& workers, grpc::CallbackServerContext* context, Work work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool accepted = workers.TryRun([context, reactor, work = std::move(work)] {
    grpc::Status status = TooLate(*context);
    if (status.ok()) status = StatusOf(work);
    reactor->Finish(std::move(status));
  });
  if (!accepted) reactor->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls are waiting; try again later"});
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* GrpcService::Recommend(grpc::CallbackServerContext* context,
                                                 const v1::RecommendRequest* request, v1::RecommendResponse* response) {
  return Answer(workers_, context, [=, this] { FillMessage(retrieval_.Recommend(RequestFrom(*request)), *response); });
}

grpc::ServerUnaryReactor* GrpcService::RecommendBatch(grpc::CallbackServerContext* context,
                                                      const v1::RecommendBatchRequest* request,
                                                      v1::RecommendBatchResponse* response) {
  return Answer(workers_, context,
                [=, this] { FillMessage(retrieval_.RecommendBatch(RequestsFrom(*request)), *response); });
}

grpc::ServerUnaryReactor* GrpcService::SimilarItems(grpc::CallbackServerContext* context,
                                                    const v1::SimilarItemsRequest* request,
                                                    v1::SimilarItemsResponse* response) {
  return Answer(workers_, context,
                [=, this] { FillMessage(retrieval_.SimilarItems(RequestFrom(*request)), *response); });
}

grpc::ServerUnaryReactor* GrpcService::SimilarUsers(grpc::CallbackServerContext* context,
                                                    const v1::SimilarUsersRequest* request,
                                                    v1::SimilarUsersResponse* response) {
  return Answer(workers_, context,
                [=, this] { FillMessage(retrieval_.SimilarUsers(RequestFrom(*request)), *response); });
}

}  // namespace shortlist::serve
