// What security says, in gRPC's terms.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/server_credentials.h>

#include "security/authorizer.h"
#include "security/gatekeeper.h"

namespace shortlist::serve {

// For a port at `address` ("host:port"): TLS 1.2 or 1.3 that follows the gatekeeper's files, and a check of every call,
// whatever its service, before its message is read. The gatekeeper must outlive servers with these credentials. Throws
// Gatekeeper::RequireSafe's errors; `field` names the address in them.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const security::Gatekeeper& gatekeeper,
                                                               const std::string& address, std::string_view field);

// What a caller shows by its headers and, under mutual TLS, its certificate. Views point into `headers`.
security::Evidence EvidenceOf(const std::multimap<grpc::string_ref, grpc::string_ref>& headers,
                              const grpc::AuthContext& peer);

}  // namespace shortlist::serve
