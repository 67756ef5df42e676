#include "client_channel.h"

namespace shortlist::tools {

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, grpc::ChannelArguments arguments) {
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace shortlist::tools
