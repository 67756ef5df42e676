// A gRPC server that answers every call with an empty message, when and how a test says.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

namespace shortlist::tools {

class StubServer {
 public:
  // `answer` runs on a thread of gRPC and says how the call of a method ends.
  explicit StubServer(std::function<grpc::Status(const std::string& method)> answer) : service_(std::move(answer)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  class Call final : public grpc::ServerGenericBidiReactor {
   public:
    Call(const std::function<grpc::Status(const std::string&)>& answer, std::string method)
        : answer_(answer), method_(std::move(method)) {
      StartRead(&request_);
    }

    void OnReadDone(bool) override {
      const grpc::Status status = answer_(method_);
      const grpc::Slice nothing;
      response_ = grpc::ByteBuffer(&nothing, 1);
      if (status.ok()) {
        StartWriteAndFinish(&response_, {}, status);
      } else {
        Finish(status);
      }
    }
    void OnDone() override { delete this; }

   private:
    const std::function<grpc::Status(const std::string&)>& answer_;
    std::string method_;
    grpc::ByteBuffer request_;
    grpc::ByteBuffer response_;
  };

  class Service final : public grpc::CallbackGenericService {
   public:
    explicit Service(std::function<grpc::Status(const std::string&)> answer) : answer_(std::move(answer)) {}
    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
      return new Call(answer_, context->method());
    }

   private:
    std::function<grpc::Status(const std::string&)> answer_;
  };

  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace shortlist::tools
