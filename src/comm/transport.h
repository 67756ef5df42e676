// Messages between the ranks of a job: what a network has to offer for TransportCommunicator to build on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "comm/communicator.h"

namespace shortlist::comm {

struct Outgoing {
  int rank = 0;  // of the receiver
  const void* data = nullptr;
  std::int64_t bytes = 0;
};

struct Incoming {
  int rank = 0;  // of the sender
  void* data = nullptr;
  std::int64_t bytes = 0;
};

// Between two ranks messages keep their order. One thread uses a transport at a time.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual int rank() const = 0;  // in [0, size())
  virtual int size() const = 0;

  // Moves all messages at once, in host memory, and returns when all have arrived or left; messages of no bytes are not
  // sent. No message is to or from this rank, and at most one is sent to and received from each rank. Sizes on both
  // ends are the same. `purpose` is for messages: the operation that this is a part of.
  //
  // Throws Error{kDeadlineExceeded} if nothing moves for the job's timeout, and Error{kUnavailable} if a rank that
  // is needed is gone; both name the rank and its host. After an error the transport is of no further use.
  virtual void Exchange(std::string_view purpose, std::span<const Outgoing> send,
                        std::span<const Incoming> receive) = 0;
};

// Collective operations out of messages, on host memory. Sums are added up in rank order, so that their bits depend
// neither on the network nor on where a rank runs, and equal those of MakeThreadCommunicators. Every operation begins
// by telling every rank what this one has been called with, so that disagreement is found before data moves.
std::unique_ptr<Communicator> MakeTransportCommunicator(std::unique_ptr<Transport> transport);

}  // namespace shortlist::comm
