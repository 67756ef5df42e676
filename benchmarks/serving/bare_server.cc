#include "serving/bare_server.h"

#include <iostream>
#include <limits>
#include <memory>

#include <grpcpp/grpcpp.h>

#include "serve/grpc_locks.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::benchmarks {
namespace {

class BareService final : public v1::Retrieval::WithRawCallbackMethod_Recommend<
                              v1::Retrieval::WithRawCallbackMethod_RecommendBatch<v1::Retrieval::Service>> {
 public:
  explicit BareService(const std::function<void(std::int32_t)>& work) : work_(work) {}

  grpc::ServerUnaryReactor* Recommend(grpc::CallbackServerContext* context, const grpc::ByteBuffer* /*request*/,
                                      grpc::ByteBuffer* response) override {
    return Answer(1, context, response);
  }
  grpc::ServerUnaryReactor* RecommendBatch(grpc::CallbackServerContext* context, const grpc::ByteBuffer* /*request*/,
                                           grpc::ByteBuffer* response) override {
    return Answer(kBatch, context, response);
  }

 private:
  grpc::ServerUnaryReactor* Answer(std::int32_t shoppers, grpc::CallbackServerContext* context,
                                   grpc::ByteBuffer* response) {
    work_(shoppers);
    const grpc::Slice nothing;
    *response = grpc::ByteBuffer(&nothing, 1);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const std::function<void(std::int32_t)>& work_;
};

}  // namespace

void ServeBarely(const std::function<void(std::int32_t)>& work) {
  serve::StopSeekingLockCycles();
  BareService service(work);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::cout << "serving barely on 127.0.0.1:" << port << std::endl;
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
}

}  // namespace shortlist::benchmarks
