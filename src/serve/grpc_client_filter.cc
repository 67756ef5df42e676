#include "serve/grpc_client_filter.h"

#include <string>

#include "serve/grpc_credentials.h"

namespace shortlist::serve {

grpc::Status ClientFilter::Admit(Call& call) {
  const auto peer = call.context->auth_context();
  std::string name = authorizer_->NameOf(EvidenceOf(call.context->client_metadata(), *peer));
  if (!name.empty()) call.client = std::move(name);
  return grpc::Status::OK;
}

}  // namespace shortlist::serve
