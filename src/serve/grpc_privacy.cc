#include "serve/grpc_privacy.h"

namespace shortlist::serve {

bool HasGlobalPrivacyControl(const grpc::CallbackServerContext& context) {
  const auto header = context.client_metadata().find("sec-gpc");
  return header != context.client_metadata().end() && header->second == "1";
}

}  // namespace shortlist::serve
