// The connections of a job without MPI: every rank to every other.
//
// Rank 0 listens at a known address and port. The others connect to it and say who they are and where they listen; rank
// 0 answers with the roster of all, and each rank connects to those below it. Everything that follows is between two
// ranks. Connections from strangers, such as probes of a port, are dropped.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "comm/launch.h"
#include "comm/socket.h"

namespace shortlist::comm {

struct Peer {
  std::string host;  // name and address
  // Closed for the own rank.
  Socket data;
  Socket control;
};

// The mesh by rank. `listener` is where the launch says that rank 0 listens, and any port on other ranks. Returns when
// this rank is connected to all others. Throws Error{kDeadlineExceeded} naming the ranks that have not come within
// `timeout`, and Error{kFailedPrecondition} on every rank if one is there twice or ranks know different sizes.
std::vector<Peer> MakeMesh(const Launch& launch, const Socket& listener, std::chrono::milliseconds timeout);

}  // namespace shortlist::comm
