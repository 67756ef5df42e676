// Channels to servers: the one place where this program's clients build them.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "client_security.h"

namespace shortlist::tools {

// Takes answers of any size. `address` is host:port; what `arguments` say comes on top. Every call over the channel
// carries the token, if there is one. Returns without waiting for a connection. Throws Error{kInvalidArgument} for
// security that contradicts itself or would send a token in the clear over a network, and Error{kNotFound} for a file
// that is not there.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const ClientSecurity& security = {},
                                           grpc::ChannelArguments arguments = {});

}  // namespace shortlist::tools
