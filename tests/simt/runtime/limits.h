// Limits of the simulated device: those that all architectures of the plug-in (sm_80 and newer) share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shortlist::simt {

inline constexpr int kComputeMajor = 8;
inline constexpr int kComputeMinor = 0;
inline constexpr int kMultiprocessors = 108;
// Without and with cudaFuncAttributeMaxDynamicSharedMemorySize.
inline constexpr std::size_t kDefaultSharedBytes = std::size_t{48} << 10;
inline constexpr std::size_t kSharedBytesPerBlock = std::size_t{163} << 10;
inline constexpr std::int64_t kBlocksInX = 0x7FFFFFFF;
inline constexpr int kBlocksInYOrZ = 65535;
inline constexpr int kThreadsInZ = 64;

}  // namespace shortlist::simt
