// How a handler turns bytes into an answer: admission, the hand-over to a worker, parsing, work, and the status that
// every exception becomes.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include "serve/grpc_call.h"
#include "serve/grpc_overload.h"
#include "serve/workers.h"
#include "shortlist/settings/serve_overload.h"

namespace shortlist::serve {

// What the methods of a service share; path and workers must outlive it and its calls.
struct CallResources {
  CallPath& path;
  Workers& workers;
  OverloadSettings overload;
};

// An Error its code and message, memory that runs out RESOURCE_EXHAUSTED, anything else INTERNAL with details in the
// log only. Call it while the exception is being handled.
grpc::Status StatusOfException();

// Throws Error{kInvalidArgument} for bytes that are not such a message.
void Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);
void Write(const google::protobuf::Message& message, grpc::ByteBuffer& bytes);
// A message that is in bytes already.
inline void Write(const grpc::Slice& message, grpc::ByteBuffer& bytes) {
  bytes = grpc::ByteBuffer(&message, 1);
}

// The shopper whom a request is about; empty if it names none.
template <class Request>
std::string SubjectOf(const Request& request) {
  if constexpr (requires { request.user_id(); }) {
    return request.user_id();
  } else {
    return {};
  }
}

// OK if a call whose turn has come is to be answered. Notes in the call that work begins, or why it does not.
grpc::Status TurnOf(Passage& passage, const OverloadSettings& overload);

// A call that was let in, and where its answer goes. gRPC keeps the bytes until the call ends.
struct PendingCall {
  UnaryCall* call;
  const grpc::ByteBuffer* request;
  grpc::ByteBuffer* response;
};

// Ends the call with the Response (a message, or the bytes of one) that `fill` fills, or with the status that its
// exception becomes.
template <class Response, class Fill>
void AnswerWith(const PendingCall& pending, Fill fill) {
  grpc::Status status;
  try {
    Response message;
    fill(message);
    Write(message, *pending.response);
    pending.call->call().response_bytes = pending.response->Length();
  } catch (...) {
    status = StatusOfException();
  }
  pending.call->Answer(std::move(status));
}

// Ends a call whose turn has come with what `work` makes of its request, unless it is to be dropped.
template <class Request, class Response, class Work>
void AnswerInTurn(const PendingCall& pending, const OverloadSettings& overload, const Work& work) {
  grpc::Status status = TurnOf(pending.call->passage(), overload);
  if (!status.ok()) return pending.call->Answer(std::move(status));
  AnswerWith<Response>(pending, [&](Response& message) {
    Request parsed;
    Parse(*pending.request, parsed);
    if (pending.call->call().recorded) pending.call->call().subject = SubjectOf(parsed);
    work(std::as_const(parsed), message);
  });
}

// Lets a call in and has a worker run what `make_task` makes of it, which must end it. Calls for which no worker has
// room get RESOURCE_EXHAUSTED. `resources` must outlive the call and `method` the program.
template <class MakeTaskOf>
grpc::ServerUnaryReactor* HandOver(const CallResources& resources, std::string_view method,
                                   grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response, MakeTaskOf make_task) {
  auto* const call = new UnaryCall(resources.path, method, *context);
  call->call().request_bytes = request->Length();
  if (!call->Admit()) return call;
  if (!resources.workers.TryRun(make_task(PendingCall{call, request, response}))) {
    call->call().rejection = "queue_full";
    call->Answer(Overloaded(call->call(), "too many calls are waiting; try again later", resources.overload));
  }
  return call;
}

// Runs `work`, from a Request to a Response that it fills, on a worker and finishes the call with what became of it.
// Calls that are cancelled or late before their turn are dropped; those whose turn comes too late get
// RESOURCE_EXHAUSTED.
template <class Request, class Response, class Work>
grpc::ServerUnaryReactor* AnswerCall(const CallResources& resources, std::string_view method,
                                     grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response, Work work) {
  return HandOver(resources, method, context, request, response, [&](const PendingCall& pending) {
    return MakeTask(
        [pending, work, &overload = resources.overload] { AnswerInTurn<Request, Response>(pending, overload, work); });
  });
}

}  // namespace shortlist::serve
