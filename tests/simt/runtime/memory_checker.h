// What watches memory: one implementation is linked into a program. simt/runtime/plain checks guard bytes,
// simt/runtime/asan poisons what may not be touched.
#pragma once

#include <cstddef>
#include <cstdint>

#include "simt/device/launch.h"
#include "simt/runtime/stream_point.h"

namespace shortlist::simt {

// Before and behind every piece of memory that is opened there are this many bytes that nobody else uses.
inline constexpr std::size_t kGuardBytes = 64;

// Any thread may call.
class MemoryChecker {
 public:
  virtual ~MemoryChecker() = default;

  // Whether it is told of every load and store of kernels.
  virtual bool SeesAccesses() const { return false; }

  // Device memory or a shared-memory arena: 256-byte aligned, closed and filled with kGarbage; null if there is none
  // left.
  virtual void* Reserve(std::size_t bytes) = 0;
  virtual void Release(void* memory, std::size_t bytes) noexcept = 0;

  // From here on kernels may use these bytes of reserved memory, which are not initialized.
  virtual void Open(void* memory, std::size_t bytes) = 0;
  // No longer. Reports what was done to the guards.
  virtual void Close(void* memory, std::size_t bytes) = 0;

  // For checkers that see accesses: kernels may not touch these bytes of open memory, or may again.
  virtual void Forbid(const void* /*memory*/, std::size_t /*bytes*/) {}
  virtual void Permit(const void* /*memory*/, std::size_t /*bytes*/) {}

  // A copy or a library call, rather than a kernel, writes or reads device memory.
  virtual void Written(void* memory, std::size_t bytes) = 0;
  virtual void Read(const void* memory, std::size_t bytes, const char* reader) = 0;
  // The running thread accesses atomically.
  virtual void Atomic(void* address, std::size_t bytes, CallSite site) = 0;

  // The host thread starts a kernel, or a block of it. The accesses of blocks of one launch are unordered.
  virtual void BeginLaunch(const KernelLaunch& launch) = 0;
  virtual void BeginBlock(const BlockPosition& position) = 0;

  // What orders accesses; for checkers that look for races. The lanes of `mask` have met in a __syncwarp.
  virtual void WarpBarrier(int /*warp*/, std::uint32_t /*mask*/) {}
  // An operation has been queued; it runs on this host thread between Begin and End.
  virtual void OperationQueued(const StreamPoint& /*point*/) {}
  virtual void BeginOperation(const StreamPoint& /*point*/) {}
  virtual void EndOperation() {}
  // The operation that runs on this host thread, or else the host itself, has waited for `point`.
  virtual void Awaited(const StreamPoint& /*point*/) {}
};

// The one that this program is linked with.
MemoryChecker& LinkedMemoryChecker();

}  // namespace shortlist::simt
