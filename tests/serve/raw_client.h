// Calls services whose generated code is not at hand, above all the standard health service.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

namespace shortlist::serve {

inline grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  buffer.Dump(&slices);
  std::string bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// One message in wire format there, one back; "" on failure.
class RawClient {
 public:
  explicit RawClient(const std::string& address)
      : stub_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

  std::string Call(const std::string& method, const std::string& request) {
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    const auto call = stub_.PrepareCall(&context, method, &queue);
    call->StartCall(nullptr);
    grpc::ByteBuffer response;
    Await(queue);
    call->WriteLast(BufferOf(request), {}, nullptr);
    Await(queue);
    call->Read(&response, nullptr);
    Await(queue);
    context.TryCancel();
    grpc::Status status;
    call->Finish(&status, nullptr);
    Await(queue);
    return BytesOf(response);
  }

 private:
  static void Await(grpc::CompletionQueue& queue) {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
  }

  grpc::GenericStub stub_;
};

// grpc.health.v1.HealthCheckRequest{service} and HealthCheckResponse{status: SERVING}.
inline std::string HealthRequest(const std::string& service) {
  return service.empty() ? "" : "\x0A" + std::string(1, static_cast<char>(service.size())) + service;
}
inline constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
inline constexpr char kServing[] = "\x08\x01";
inline constexpr char kNotServing[] = "\x08\x02";

}  // namespace shortlist::serve
