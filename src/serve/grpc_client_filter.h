// Says of every call which of serve.security.clients it comes from.
#pragma once

#include <memory>

#include "security/authorizer.h"
#include "serve/grpc_call.h"

namespace shortlist::serve {

// Lets every call through: grpc_credentials.h has turned away those that may not go on before they come here.
class ClientFilter final : public CallFilter {
 public:
  explicit ClientFilter(std::shared_ptr<const security::Authorizer> authorizer) : authorizer_(std::move(authorizer)) {}

  grpc::Status Admit(Call& call) override;
  void Finished(const Call& /*call*/, const grpc::Status& /*status*/) override {}

 private:
  std::shared_ptr<const security::Authorizer> authorizer_;
};

}  // namespace shortlist::serve
