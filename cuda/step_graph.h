// A step's kernels and copies captured into one graph, so that the device takes them with one launch.
#pragma once

#include <functional>

#include "cuda/handles.h"
#include "cuda/queue.h"

namespace shortlist::cuda {

// Every step is captured anew, because shapes, addresses and constants may differ; while its sequence of operations
// stays the same, the executable graph only takes the new arguments over, and is made anew otherwise. One thread at a
// time.
class StepGraph {
 public:
  // Captures what `step` queues on the queue's stream. The step may allocate, but must not wait for the device.
  // Rethrows what it throws; the device has done nothing of it then.
  void Capture(Queue& queue, const std::function<void()>& step);

  // Queues the captured step.
  void Launch(Queue& queue);

 private:
  void Prepare(cudaGraph_t graph);

  ExecutableGraph executable_;
};

}  // namespace shortlist::cuda
