// The one way to run a Thrust algorithm: in stream order on a queue, with temporary memory from its workspace and
// without waiting for the device. For the few .cu files that use Thrust; each costs nvcc some ten seconds.
#pragma once

#include <cstddef>
#include <thrust/system/cuda/execution_policy.h>

#include "cuda/queue.h"

namespace shortlist::cuda {

// Hands out workspace memory, which is given back all at once when the next operation begins.
class WorkspaceAllocator {
 public:
  using value_type = char;

  explicit WorkspaceAllocator(Workspace& workspace) : workspace_(&workspace) {}

  char* allocate(std::ptrdiff_t bytes) { return workspace_->Take<char>(bytes); }
  void deallocate(char* /*data*/, std::size_t /*bytes*/) {}

 private:
  Workspace* workspace_;
};

// The policy is valid as long as the queue.
inline auto ThrustPolicy(Queue& queue) {
  return thrust::cuda::par_nosync(WorkspaceAllocator(queue.workspace())).on(queue.stream());
}

}  // namespace shortlist::cuda
