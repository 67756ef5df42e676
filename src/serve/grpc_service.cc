#include "serve/grpc_service.h"

#include <chrono>
#include <exception>
#include <new>
#include <stdexcept>
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

template <class Message>
Message Parsed(const grpc::ByteBuffer& bytes) {
  Message message;
  grpc::ByteBuffer consumed = bytes;
  if (grpc::SerializationTraits<Message>::Deserialize(&consumed, &message).ok()) return message;
  throw Error(Code::kInvalidArgument,
              "the message is not a " + message.GetTypeName() + ", or has text that is not UTF-8");
}

template <class Message>
void Write(const Message& message, grpc::ByteBuffer& bytes) {
  bool owned = false;
  const grpc::Status status = grpc::SerializationTraits<Message>::Serialize(message, &bytes, &owned);
  if (!status.ok()) throw std::runtime_error(message.GetTypeName() + ": " + status.error_message());
}

// Runs the work, from a Request to an answer that fills a Response, on a worker and finishes the call with what became
// of it.
template <class Request, class Response, class Work>
grpc::ServerUnaryReactor* Answer(Workers& workers, grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request, grpc::ByteBuffer* response, Work work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool accepted = workers.TryRun([=] {
    grpc::Status status = TooLate(*context);
    if (status.ok()) {
      status = StatusOf([&] {
        const auto parsed = Parsed<Request>(*request);
        Response message;
        FillMessage(work(parsed), message);
        Write(message, *response);
      });
    }
    reactor->Finish(std::move(status));
  });
  if (!accepted) reactor->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls are waiting; try again later"});
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* GrpcService::Recommend(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return Answer<v1::RecommendRequest, v1::RecommendResponse>(
      workers_, context, request, response,
      [this](const v1::RecommendRequest& message) { return retrieval_.Recommend(RequestFrom(message)); });
}

grpc::ServerUnaryReactor* GrpcService::RecommendBatch(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return Answer<v1::RecommendBatchRequest, v1::RecommendBatchResponse>(
      workers_, context, request, response,
      [this](const v1::RecommendBatchRequest& message) { return retrieval_.RecommendBatch(RequestsFrom(message)); });
}

grpc::ServerUnaryReactor* GrpcService::SimilarItems(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return Answer<v1::SimilarItemsRequest, v1::SimilarItemsResponse>(
      workers_, context, request, response,
      [this](const v1::SimilarItemsRequest& message) { return retrieval_.SimilarItems(RequestFrom(message)); });
}

grpc::ServerUnaryReactor* GrpcService::SimilarUsers(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return Answer<v1::SimilarUsersRequest, v1::SimilarUsersResponse>(
      workers_, context, request, response,
      [this](const v1::SimilarUsersRequest& message) { return retrieval_.SimilarUsers(RequestFrom(message)); });
}

}  // namespace shortlist::serve
