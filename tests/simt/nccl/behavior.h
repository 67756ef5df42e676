// What tests make of the simulated NCCL.
#pragma once

#include <atomic>
#include <chrono>
#include <nccl.h>

namespace shortlist::simt {

struct NcclBehavior {
  // A rank that waits longer in an operation is reported as hanging, and its communicator fails.
  std::atomic<std::chrono::milliseconds> patience{std::chrono::seconds(60)};
  // What the next operation of any rank fails with, asynchronously; ncclSuccess for none.
  std::atomic<ncclResult_t> next_failure{ncclSuccess};
};

NcclBehavior& TheNcclBehavior();

}  // namespace shortlist::simt
