// Bytes of a request over a connection to the whole server. The first byte chooses among the methods of all services.
// Whatever they are, the server must answer, and with a status that docs/api.md promises.
#include <chrono>
#include <memory>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/logging.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "fuzz/fuzz_target.h"
#include "serve/running_server.h"
#include "shortlist/v1/admin.pb.h"
#include "shortlist/v1/retrieval.pb.h"

namespace shortlist::fuzz {
namespace {

using google::protobuf::FileDescriptor;

class Service {
 public:
  explicit Service(const std::string& address)
      : stub_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

  grpc::Status Call(const std::string& method, std::string_view bytes) {
    const grpc::Slice slice(bytes.data(), bytes.size());
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
    grpc::CompletionQueue queue;
    const auto call = stub_.PrepareUnaryCall(&context, method, request, &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool succeeded = false;
    queue.Next(&tag, &succeeded);
    return status;
  }

 private:
  grpc::GenericStub stub_;
};

class Connection {
 public:
  Connection() : server_(serve::StartMadeServer()), shoppers_(server_->address()), admins_(server_->admin_address()) {
    google::protobuf::SetLogHandler(nullptr);  // a line for every text that is not UTF-8
    AddMethods(*v1::RecommendRequest::descriptor()->file(), shoppers_);
    AddMethods(*v1::GetStatusRequest::descriptor()->file(), admins_);
  }

  grpc::Status Call(std::uint8_t method, std::string_view bytes) {
    const Method& chosen = methods_[method % methods_.size()];
    return chosen.service->Call(chosen.name, bytes);
  }

 private:
  struct Method {
    Service* service;
    std::string name;
  };

  void AddMethods(const FileDescriptor& file, Service& service) {
    const google::protobuf::ServiceDescriptor& described = *file.service(0);
    for (int i = 0; i < described.method_count(); ++i) {
      methods_.push_back({&service, "/" + described.full_name() + "/" + described.method(i)->name()});
    }
  }

  std::unique_ptr<serve::Server> server_;
  Service shoppers_;
  Service admins_;
  std::vector<Method> methods_;
};

void RequirePromised(const grpc::Status& status) {
  const auto code = status.error_code();
  const bool promised = code == grpc::StatusCode::OK || code == grpc::StatusCode::INVALID_ARGUMENT ||
                        code == grpc::StatusCode::NOT_FOUND || code == grpc::StatusCode::FAILED_PRECONDITION;
  Require(promised, "status " + std::to_string(code) + ": " + status.error_message());
}

}  // namespace
}  // namespace shortlist::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shortlist::fuzz;
  static Connection connection;
  if (size > 0) RequirePromised(connection.Call(data[0], Text(data + 1, size - 1)));
  return 0;
}
