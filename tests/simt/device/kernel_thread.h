// One GPU thread of the block that runs on this host thread.
#pragma once

#include <cstdint>
#include <vector_types.h>

#include "simt/device/call_site.h"

namespace shortlist::simt {

inline constexpr int kWarpSize = 32;
inline constexpr int kThreadsPerBlock = 1024;  // at most
inline constexpr int kWarpsPerBlock = kThreadsPerBlock / kWarpSize;

struct BlockPosition {
  uint3 index{};
  dim3 threads;
  dim3 blocks;
};

struct KernelThread {
  uint3 index{};
  int linear = 0;  // warp * kWarpSize + lane
  int warp = 0;
  int lane = 0;
  const BlockPosition* block = nullptr;
  bool in_kernel = false;         // false while the runtime prepares, serves or ends it
  std::uint32_t block_epoch = 0;  // block barriers passed
  CallSite waits_at;              // the latest barrier or warp operation
};

// Null while host code runs.
extern constinit thread_local KernelThread* current_kernel_thread;

}  // namespace shortlist::simt
