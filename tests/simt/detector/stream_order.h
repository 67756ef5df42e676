// Which device operations are ordered by streams, events and waiting hosts: a vector clock per stream (Mattern 1989).
// Host threads count as one, so that what they arrange among themselves is never taken for a race.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "simt/runtime/stream_point.h"

namespace shortlist::simt {

// A kernel, copy or library call, numbered from 1 as they start; 0 is none. A point may stand for several, when it is
// the launch of a graph.
using OperationId = std::uint32_t;

// May be used by several threads at once.
class StreamOrder {
 public:
  // The host queues the next operation of a stream.
  void Queue(const StreamPoint& point);
  // It begins to run; all before it in its stream have run.
  void Begin(const StreamPoint& point);
  // The host, or the operation that runs at `waiter`, has waited for `point`, which has run.
  void HostAwaits(const StreamPoint& point);
  void OperationAwaits(const StreamPoint& waiter, const StreamPoint& point);

  // What runs at `point` starts a piece of work, for which what it started earlier is over.
  OperationId Start(const StreamPoint& point, std::string name);

  // `earlier`, which started first, is over and seen when `later` starts.
  bool Before(OperationId earlier, OperationId later) const;
  std::string Name(OperationId operation) const;

 private:
  // How many operations of each stream are known to be over, or begun, by index of the stream.
  using Clock = std::vector<std::uint64_t>;
  struct Stream {
    std::size_t index;
    std::deque<Clock> issued;  // the host's clock when an operation was queued
    std::deque<Clock> clocks;  // of the operations that have begun
  };
  struct Operation {
    std::string name;
    std::size_t stream;
    std::uint64_t number;
    Clock clock;
  };

  static void Join(Clock& clock, const Clock& other);
  Clock& ClockOf(const StreamPoint& point);

  mutable std::mutex mutex_;
  std::map<const void*, Stream> streams_;
  std::size_t stream_count_ = 0;
  Clock host_;
  std::deque<Operation> operations_;
};

}  // namespace shortlist::simt
