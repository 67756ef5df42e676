// threadIdx, blockIdx, blockDim and gridDim. They are objects, not macros, because cudaLaunchConfig_t has members of
// the same names, and read the current thread whenever they are used.
#pragma once

#include "simt/device/kernel_thread.h"

namespace shortlist::simt {

struct ThreadIndex {
  SIMT_UNOBSERVED static uint3 Get() { return current_kernel_thread->index; }
};
struct BlockIndex {
  SIMT_UNOBSERVED static uint3 Get() { return current_kernel_thread->block->index; }
};
struct BlockSize {
  SIMT_UNOBSERVED static dim3 Get() { return current_kernel_thread->block->threads; }
};
struct GridSize {
  SIMT_UNOBSERVED static dim3 Get() { return current_kernel_thread->block->blocks; }
};

template <class Source>
struct Triple {
  struct X {
    // NOLINTNEXTLINE(google-explicit-constructor): stands for a plain unsigned.
    SIMT_UNOBSERVED operator unsigned() const { return Source::Get().x; }
  } x;
  struct Y {
    // NOLINTNEXTLINE(google-explicit-constructor)
    SIMT_UNOBSERVED operator unsigned() const { return Source::Get().y; }
  } y;
  struct Z {
    // NOLINTNEXTLINE(google-explicit-constructor)
    SIMT_UNOBSERVED operator unsigned() const { return Source::Get().z; }
  } z;
};

}  // namespace shortlist::simt

inline constexpr shortlist::simt::Triple<shortlist::simt::ThreadIndex> threadIdx{};
inline constexpr shortlist::simt::Triple<shortlist::simt::BlockIndex> blockIdx{};
inline constexpr shortlist::simt::Triple<shortlist::simt::BlockSize> blockDim{};
inline constexpr shortlist::simt::Triple<shortlist::simt::GridSize> gridDim{};
inline constexpr int warpSize = shortlist::simt::kWarpSize;
