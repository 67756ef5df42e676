// Whether a server describes its services to callers. The library turns reflection on for every server of a program
// that links it; here one server goes without.
#pragma once

#include <grpcpp/server_builder.h>

namespace shortlist::serve {

void RemoveReflection(grpc::ServerBuilder& builder);

}  // namespace shortlist::serve
