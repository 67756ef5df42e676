// Channels to servers: the one place where this program's clients build them.
#pragma once

#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

namespace shortlist::tools {

// Takes answers of any size. `address` is host:port; what `arguments` say comes on top. Returns without waiting for a
// connection.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, grpc::ChannelArguments arguments = {});

}  // namespace shortlist::tools
