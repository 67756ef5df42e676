// The retrieval service of the made bundle behind a path of given filters, without a Server around it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "serve/grpc_call.h"
#include "serve/grpc_listener.h"
#include "serve/grpc_service.h"
#include "serve/made_bundle.h"
#include "serve/retrieval.h"
#include "serve/snapshot.h"
#include "serve/workers.h"

namespace shortlist::serve {

class ListeningService {
 public:
  explicit ListeningService(std::vector<std::unique_ptr<CallFilter>> filters,
                            WorkersOptions workers = {.threads = 0, .most_waiting = 0, .most_direct = 16},
                            std::shared_ptr<AnswerObserver> observer = std::make_shared<NoObserver>())
      : path(std::move(filters)),
        retrieval_({}, {LoadMadeSnapshot()}, std::move(observer)),
        workers_(workers),
        service_(retrieval_, {path, workers_, {}}),
        listener(Options(&service_)),
        stub(v1::Retrieval::NewStub(grpc::CreateChannel(listener.address(), grpc::InsecureChannelCredentials()))) {}

  ~ListeningService() { listener.Shutdown(std::chrono::milliseconds(200)); }
  ListeningService(const ListeningService&) = delete;
  ListeningService& operator=(const ListeningService&) = delete;

  grpc::Status Recommend(grpc::ClientContext& context) const {
    v1::RecommendRequest request;
    v1::RecommendResponse response;
    request.set_k(3);
    return stub->Recommend(&context, request, &response);
  }
  grpc::Status Recommend() const {
    grpc::ClientContext context;
    return Recommend(context);
  }

  Workers& workers() { return workers_; }

 private:
  static std::shared_ptr<const ServingSnapshot> LoadMadeSnapshot() {
    const ScratchFolder folder;
    return ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder.path()));
  }

  static GrpcListener::Options Options(grpc::Service* service) {
    return {.address = "127.0.0.1:0",
            .setting = "serve.address",
            .credentials = grpc::InsecureServerCredentials(),
            .services = {service},
            .connections = {},
            .max_message_bytes = 1 << 20};
  }

 public:
  CallPath path;

 private:
  RetrievalService retrieval_;
  Workers workers_;
  GrpcService service_;

 public:
  GrpcListener listener;
  std::unique_ptr<v1::Retrieval::Stub> stub;
};

}  // namespace shortlist::serve
