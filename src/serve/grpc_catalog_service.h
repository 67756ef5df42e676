// shortlist.v1.Catalog over the callback API.
#pragma once

#include "serve/grpc_answer.h"
#include "serve/live_catalog.h"
#include "shortlist/v1/catalog.grpc.pb.h"

namespace shortlist::serve {

using RawCatalog = v1::Catalog::WithRawCallbackMethod_UpsertItems<v1::Catalog::WithRawCallbackMethod_WithdrawItems<
    v1::Catalog::WithRawCallbackMethod_GetChanges<v1::Catalog::Service>>>;

class GrpcCatalogService final : public RawCatalog {
 public:
  // Both must outlive the service and its calls.
  GrpcCatalogService(LiveCatalog& catalog, CallPath& path) : catalog_(catalog), resources_{path, workers_, {}} {}

  grpc::ServerUnaryReactor* UpsertItems(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* WithdrawItems(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetChanges(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;

 private:
  template <class Request, class Act>
  grpc::ServerUnaryReactor* Answer(std::string_view method, grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response, const Act& act);

  LiveCatalog& catalog_;
  // One change at a time: each waits for the disk.
  Workers workers_{{.threads = 1, .most_waiting = 64, .most_direct = 0}};
  CallResources resources_;
};

}  // namespace shortlist::serve
