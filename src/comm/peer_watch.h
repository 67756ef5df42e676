// Watches over the other ranks of a job while this one works.
//
// A thread listens on one connection per rank. It hears at once when a process has died, because its host closes the
// connection; within the timeout when a host or a process has stopped, because its heartbeats stay out; and from other
// ranks why they stop, so that all name the same cause. The first failure counts.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "comm/socket.h"

namespace shortlist::comm {

struct WatchedPeer {
  int rank = 0;
  std::string host;
  Socket control;
};

// "rank 2 on node-c (10.0.0.3)".
std::string NameOfRank(int rank, const std::string& host);

struct WatchOptions {
  std::chrono::milliseconds timeout{300'000};
  // Called from the watching thread when a failure is known for `timeout` and this rank has not ended its part, because
  // its own thread hangs; expected to end the process. None: nothing happens.
  std::function<void(const std::string& reason)> abandon;
};

// Member functions are called by one thread, that of the transport.
class PeerWatch {
 public:
  PeerWatch(std::vector<WatchedPeer> peers, WatchOptions options);
  // Tells the others that this rank ends its part: with its failure if there is one, else in peace.
  ~PeerWatch();
  PeerWatch(const PeerWatch&) = delete;
  PeerWatch& operator=(const PeerWatch&) = delete;

  // Why the job cannot go on; empty while it can.
  std::string Failure() const;
  // As Failure, but waits for it up to `patience`.
  std::string AwaitFailure(std::chrono::milliseconds patience) const;
  // Becomes readable when there is a failure, for poll.
  int failure_descriptor() const;

  // Makes `reason` the failure unless there is one, and tells the others. Returns the failure.
  std::string Fail(const std::string& reason);

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace shortlist::comm
