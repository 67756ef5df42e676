// What the browser of a shopper says of privacy, as whoever calls for it passes it on.
#pragma once

#include <grpcpp/grpcpp.h>

namespace shortlist::serve {

// Whether the call has the header `sec-gpc: 1` (https://w3c.github.io/gpc), the only value that says anything.
bool HasGlobalPrivacyControl(const grpc::CallbackServerContext& context);

}  // namespace shortlist::serve
