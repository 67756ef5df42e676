#include "catalog_client.h"

#include <utility>

#include <grpcpp/grpcpp.h>

#include "client_channel.h"
#include "shortlist/error.h"
#include "shortlist/v1/catalog.grpc.pb.h"

namespace shortlist::tools {

struct CatalogClient::State {
  std::string address;
  std::chrono::milliseconds deadline;
  std::unique_ptr<v1::Catalog::Stub> stub;

  template <class Request>
  CatalogState Call(grpc::Status (v1::Catalog::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              v1::CatalogResponse*),
                    const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    v1::CatalogResponse response;
    const grpc::Status status = (stub.get()->*method)(&context, request, &response);
    if (status.ok()) return {response.changes(), response.added(), response.changed(), response.withdrawn()};
    const auto code = static_cast<Code>(status.error_code());
    if (code != Code::kUnavailable) throw Error(code, status.error_message());
    throw Error(code, "no catalog service answers at '" + address + "'; see serve.admin.address (" +
                          status.error_message() + ")");
  }
};

CatalogClient::CatalogClient(std::string address, std::chrono::milliseconds deadline, const ClientSecurity& security)
    : state_(std::make_unique<State>(State{std::move(address), deadline, nullptr})) {
  state_->stub = v1::Catalog::NewStub(MakeChannel(state_->address, security));
}

CatalogClient::~CatalogClient() = default;

CatalogState CatalogClient::Upsert(const std::vector<CatalogItem>& items) const {
  v1::UpsertItemsRequest request;
  for (const CatalogItem& item : items) {
    v1::CatalogItem& message = *request.add_items();
    message.set_item_id(item.id);
    message.set_title(item.title);
    for (const auto& [name, value] : item.attributes) (*message.mutable_attributes())[name] = MessageOf(value);
  }
  return state_->Call(&v1::Catalog::Stub::UpsertItems, request);
}

CatalogState CatalogClient::Withdraw(const std::vector<std::string>& ids) const {
  v1::WithdrawItemsRequest request;
  request.mutable_item_ids()->Assign(ids.begin(), ids.end());
  return state_->Call(&v1::Catalog::Stub::WithdrawItems, request);
}

CatalogState CatalogClient::Changes() const {
  return state_->Call(&v1::Catalog::Stub::GetChanges, v1::GetChangesRequest());
}

}  // namespace shortlist::tools
