#include "serve/grpc_catalog_service.h"

#include <utility>
#include <vector>

#include "serve/grpc_messages.h"

namespace shortlist::serve {
namespace {

std::vector<CatalogItem> ItemsFrom(const v1::UpsertItemsRequest& request) {
  std::vector<CatalogItem> items;
  for (const v1::CatalogItem& message : request.items()) {
    CatalogItem item{message.item_id(), message.title(), {}};
    for (const auto& [name, value] : message.attributes()) item.attributes.emplace(name, ValueFrom(value));
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

template <class Request, class Act>
grpc::ServerUnaryReactor* GrpcCatalogService::Answer(std::string_view method, grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response,
                                                     const Act& act) {
  return AnswerCall<Request, v1::CatalogResponse>(resources_, method, context, request, response,
                                                  [this, act](const Request& message, v1::CatalogResponse& answer) {
                                                    act(message);
                                                    const CatalogCounts counts = catalog_.counts();
                                                    answer.set_changes(counts.changes);
                                                    answer.set_added(counts.added);
                                                    answer.set_changed(counts.changed);
                                                    answer.set_withdrawn(counts.withdrawn);
                                                  });
}

grpc::ServerUnaryReactor* GrpcCatalogService::UpsertItems(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return Answer<v1::UpsertItemsRequest>(
      "shortlist.v1.Catalog/UpsertItems", context, request, response,
      [this](const v1::UpsertItemsRequest& message) { catalog_.Upsert(ItemsFrom(message)); });
}

grpc::ServerUnaryReactor* GrpcCatalogService::WithdrawItems(grpc::CallbackServerContext* context,
                                                            const grpc::ByteBuffer* request,
                                                            grpc::ByteBuffer* response) {
  return Answer<v1::WithdrawItemsRequest>(
      "shortlist.v1.Catalog/WithdrawItems", context, request, response,
      [this](const v1::WithdrawItemsRequest& message) {
        catalog_.Withdraw(std::vector<std::string>(message.item_ids().begin(), message.item_ids().end()));
      });
}

grpc::ServerUnaryReactor* GrpcCatalogService::GetChanges(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return Answer<v1::GetChangesRequest>("shortlist.v1.Catalog/GetChanges", context, request, response,
                                       [](const v1::GetChangesRequest& /*message*/) {});
}

}  // namespace shortlist::serve
