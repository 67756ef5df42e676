#include "serve/grpc_answer.h"

#include <chrono>
#include <exception>
#include <new>

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include "base/log.h"
#include "serve/utf8.h"
#include "shortlist/error.h"

namespace shortlist::serve {

grpc::Status StatusOfException() {
  try {
    throw;
  } catch (const Error& error) {
    return {static_cast<grpc::StatusCode>(error.code()), ToUtf8(error.what())};
  } catch (const std::bad_alloc&) {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED, "the server is out of memory"};
  } catch (const std::exception& failure) {
    base::LogError(std::string("a call failed unexpectedly: ") + failure.what());
    return {grpc::StatusCode::INTERNAL, "internal error; the server's log has details"};
  }
}

grpc::Status TurnOf(Passage& passage, const OverloadSettings& overload) {
  grpc::Status lateness = passage.Lateness();
  if (!lateness.ok()) {
    passage.call().rejection = lateness.error_code() == grpc::StatusCode::CANCELLED ? "cancelled" : "late";
    return lateness;
  }
  if (!WaitedTooLong(passage.call(), overload)) {
    passage.call().turn = std::chrono::steady_clock::now();
    return grpc::Status::OK;
  }
  passage.call().rejection = "waited";
  return Overloaded(passage.call(), "the call waited too long for its turn; try again later", overload);
}

void Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message) {
  grpc::ByteBuffer consumed = bytes;
  if (grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::Message>(&consumed, &message).ok()) return;
  throw Error(Code::kInvalidArgument,
              "the message is not a " + message.GetTypeName() + ", or has text that is not UTF-8");
}

void Write(const google::protobuf::Message& message, grpc::ByteBuffer& bytes) {
  bool owned = false;
  const grpc::Status status =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(message, &bytes, &owned);
  if (!status.ok()) throw std::runtime_error(message.GetTypeName() + ": " + status.error_message());
}

}  // namespace shortlist::serve
