// Messages over TCP: one connection for data between every two ranks, watched over by PeerWatch.
#pragma once

#include <memory>

#include "comm/launch.h"
#include "comm/peer_watch.h"
#include "comm/socket.h"
#include "comm/transport.h"

namespace shortlist::comm {

// Connects to the other ranks of the launch; see MakeMesh for `listener` and errors. The timeout also bounds this
// start. Destroyed while an exception passes through, it tells the other ranks that this one has failed.
std::unique_ptr<Transport> MakeTcpTransport(const Launch& launch, const Socket& listener, const WatchOptions& options);

}  // namespace shortlist::comm
