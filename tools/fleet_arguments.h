// How a client that calls servers of one name should behave; docs/clients.md says why.
#pragma once

#include <cstdint>

#include <grpcpp/support/channel_arguments.h>

namespace shortlist::tools {

// Arguments of a channel whose calls go in turn to every address that its name has, each of them up to `attempts` times
// (1 to 5) within its deadline. Servers that were cut off are given up after two seconds, and names are looked up again
// five seconds after the last time at the earliest, where gRPC's own defaults are never and thirty.
grpc::ChannelArguments FleetArguments(std::int64_t attempts);

}  // namespace shortlist::tools
