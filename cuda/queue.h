// One device as operations see it: where their work is queued, and what they reuse from call to call.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/gemm.h"
#include "cuda/handles.h"
#include "cuda/workspace.h"
#include "shortlist/settings/precision.h"

namespace shortlist::cuda {

// Owns a stream of its own (which does not wait for the legacy default stream), scratch memory and the plans of matrix
// products. Operations queue their kernels in order on stream() and return. One thread at a time.
class Queue {
 public:
  // Makes `device` the thread's current one. Throws Error{kUnavailable} if it does not answer.
  Queue(int device, Precision precision);
  // Waits for what is queued, because it may use the workspace.
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  int device() const { return device_; }
  cudaStream_t stream() const { return stream_.get(); }
  Workspace& workspace() { return workspace_; }
  GemmPlans& gemm_plans() { return gemm_plans_; }

  // Makes the device the thread's current one.
  void Select() const;
  // Before each operation: selects the device and frees the workspace for it.
  void Begin(const WorkspaceUser& user);
  // Waits for all that was queued; throws what a kernel failed with.
  void Synchronize();

 private:
  int device_;
  Stream stream_;
  Workspace workspace_;
  GemmPlans gemm_plans_;
};

}  // namespace shortlist::cuda
