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
grpc::Status TurnOf(UnaryCall& call, const OverloadSettings& overload);

// Runs `work`, from a Request to a Response that it fills, on a worker and finishes the call with what became of it.
// Calls that are cancelled or late before their turn are dropped; those for which no worker has room, or whose turn
// comes too late, get RESOURCE_EXHAUSTED. `resources` must outlive the call and `method` the program.
template <class Request, class Response, class Work>
grpc::ServerUnaryReactor* AnswerCall(const CallResources& resources, std::string_view method,
                                     grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response, Work work) {
  auto* const call = new UnaryCall(resources.path, method, *context);
  call->call().request_bytes = request->Length();
  if (!call->Admit()) return call;
  const OverloadSettings& overload = resources.overload;
  const bool accepted = resources.workers.TryRun([=, &overload] {
    grpc::Status status = TurnOf(*call, overload);
    if (!status.ok()) return call->Answer(std::move(status));
    try {
      Request parsed;
      Parse(*request, parsed);
      if (call->call().recorded) call->call().subject = SubjectOf(parsed);
      Response message;
      work(std::as_const(parsed), message);
      Write(message, *response);
      call->call().response_bytes = response->Length();
    } catch (...) {
      status = StatusOfException();
    }
    call->Answer(std::move(status));
  });
  if (!accepted) {
    call->call().rejection = "queue_full";
    call->Answer(Overloaded(call->call(), "too many calls are waiting; try again later", overload));
  }
  return call;
}

}  // namespace shortlist::serve
