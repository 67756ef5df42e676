// The recording of a graph from what is queued on streams.
#pragma once

#include <cstddef>
#include <driver_types.h>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "simt/runtime/graph.h"

namespace shortlist::simt {

class Stream;

// Begins on one stream; another one joins when it waits for an event recorded here. One thread at a time.
class Capture {
 public:
  // Nodes that the next operation of a stream waits for.
  using Frontier = std::set<std::size_t>;

  Capture(Stream& origin, cudaStreamCaptureMode mode);

  void Add(const Stream& stream, Operation operation);
  const Frontier& FrontierOf(const Stream& stream) { return frontiers_[const_cast<Stream*>(&stream)]; }
  // `stream` also waits for these nodes.
  void Join(Stream& stream, const Frontier& frontier);

  // Whether a call that is unsafe while it records, such as an allocation, is refused to the calling thread.
  bool ForbidsUnsafeCalls() const;
  void Invalidate() { valid_ = false; }
  bool valid() const { return valid_; }

  const Stream& origin() const { return *origin_; }
  // Detaches all streams. Fails if it is invalid, or if work of another stream was not joined to the origin.
  cudaError_t End(Graph& graph);

 private:
  bool IsJoined() const;

  Stream* origin_;
  cudaStreamCaptureMode mode_;
  std::thread::id thread_;
  bool valid_ = true;
  Graph graph_;
  std::map<Stream*, Frontier> frontiers_;
};

}  // namespace shortlist::simt
