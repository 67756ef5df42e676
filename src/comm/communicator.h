// Ranks that compute one thing together, and what they say to each other.
//
// Every rank calls the same operations in the same order with sizes that fit; implementations report disagreement with
// Error{kInvalidArgument} on every rank where they can see it. Buffers are memory of the rank's backend, and operations
// take their place in the order of its queue: they may return before they are done, and later operations on that
// backend see their results. Buffers do not overlap. Sizes of zero are valid. One thread uses a communicator at a time.
//
// An operation that begins (Begin...) goes on beside what the backend is asked for afterwards, until Finish: it takes
// its operands as they are when it begins, and nobody touches its buffers before. Operations that have begun follow
// each other in the order of their calls; any other operation waits for them. Buffers of an operation that is never
// awaited live until the communicator is destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "comm/traffic.h"
#include "tensor/backend.h"

namespace shortlist::comm {

class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual int rank() const = 0;  // in [0, size())
  virtual int size() const = 0;

  // values[i] = sum over ranks of their values[i]; the same bits on every rank.
  virtual void AllReduceSum(float* values, std::int64_t count) = 0;

  // receive is [size(), bytes]: block r is what rank r sent.
  virtual void AllGather(const void* send, std::int64_t bytes, void* receive) = 0;

  // send is [size(), count]; receive[i] = sum over ranks of their send[rank(), i].
  virtual void ReduceScatterSum(const float* send, std::int64_t count, float* receive) = 0;

  // Blocks of any size, one for each rank, one behind the other: block r of send goes to rank r, where it becomes block
  // rank() of receive. send_bytes[r] here equals receive_bytes[rank()] there. Both spans are host memory.
  virtual void AllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                        std::span<const std::int64_t> receive_bytes) = 0;

  // Rank `root`'s bytes replace everybody's.
  virtual void Broadcast(void* data, std::int64_t bytes, int root) = 0;

  // Returns when every rank has come here.
  virtual void Barrier() = 0;

  // The same results as without Begin. An implementation that has nothing to run them beside does them at once.
  virtual void BeginAllReduceSum(float* values, std::int64_t count) { AllReduceSum(values, count); }
  virtual void BeginReduceScatterSum(const float* send, std::int64_t count, float* receive) {
    ReduceScatterSum(send, count, receive);
  }
  virtual void BeginAllToAll(const void* send, std::span<const std::int64_t> send_bytes, void* receive,
                             std::span<const std::int64_t> receive_bytes) {
    AllToAll(send, send_bytes, receive, receive_bytes);
  }
  // What the backend is asked for from here on sees the results of all that has begun.
  virtual void Finish() {}

  // What this rank has exchanged so far.
  virtual const Traffic& traffic() const = 0;
};

// The only rank of a world of one, on any backend, which must outlive it.
std::unique_ptr<Communicator> MakeSoloCommunicator(tensor::Backend& backend);

// Ranks that are threads of this process, on backends whose memory is host memory and whose operations are done when
// they return. Each communicator is used by one thread. Destroying one while others wait for its rank, as an exception
// in its thread does, makes them throw Error{kAborted} instead of waiting forever.
std::vector<std::unique_ptr<Communicator>> MakeThreadCommunicators(int ranks);

}  // namespace shortlist::comm
