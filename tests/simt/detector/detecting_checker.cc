// The memory checker of programs whose accesses are observed: every load and store of instrumented code passes here, is
// judged, and is counted while the traffic meter counts.
#include <cstddef>
#include <cstdint>
#include <string>

#include "simt/detector/execution.h"
#include "simt/detector/memory_check.h"
#include "simt/device/kernel_thread.h"
#include "simt/instrument/access_observer.h"
#include "simt/runtime/block_runner.h"
#include "simt/runtime/fiber_sanitizer.h"
#include "simt/runtime/kernel_name.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"
#include "simt/runtime/random.h"
#include "simt/runtime/runtime_call.h"
#include "simt/traffic/traffic_meter.h"

namespace shortlist::simt {
namespace {

// Of address space, which is not used twice; memory is taken where it is touched.
constexpr std::size_t kArenaBytes = std::size_t{1} << 40;
// A thread gives way at one access in this many, so that threads interleave between barriers too.
constexpr std::uint32_t kAccessesPerYield = 16;

std::uint32_t Linear(const uint3& index, const dim3& extent) {
  return index.x + extent.x * (index.y + extent.y * index.z);
}

// Stacks of kernel threads grow down to here.
bool OnRunningStack(const void* data) {
  const auto* const frame = static_cast<const char*>(__builtin_frame_address(0));
  return data >= frame && data < frame + kFiberStackBytes;
}

class DetectingChecker final : public MemoryChecker {
 public:
  static DetectingChecker& Get() {
    static DetectingChecker checker;
    return checker;
  }

  bool SeesAccesses() const override { return true; }

  // Not filled with garbage: whoever reads it is reported anyway.
  void* Reserve(std::size_t bytes) override { return check_.Reserve(bytes); }
  void Release(void* memory, std::size_t bytes) noexcept override { check_.Release(memory, bytes); }
  // What a kernel thread opens is shared memory of its block.
  void Open(void* memory, std::size_t bytes) override { check_.Open(memory, bytes, current_kernel_thread != nullptr); }
  void Close(void* memory, std::size_t bytes) override { check_.Close(memory, bytes); }

  void Forbid(const void* memory, std::size_t bytes) override { check_.Forbid(memory, bytes); }
  void Permit(const void* memory, std::size_t bytes) override { check_.Permit(memory, bytes); }

  void Written(void* memory, std::size_t bytes) override {
    check_.LibraryAccess(Start("a copy, fill or library call"), AccessKind::kWrite, memory, bytes);
  }
  void Read(const void* memory, std::size_t bytes, const char* reader) override {
    check_.LibraryAccess(Start(reader), AccessKind::kRead, memory, bytes);
  }
  void Atomic(void* address, std::size_t bytes, CallSite site) override {
    Observe({address, bytes, bytes, AccessKind::kAtomic, check_.lines().Of(site)});
  }

  void BeginLaunch(const KernelLaunch& launch) override {
    const std::string name = KernelName(launch.function);
    Here().BeginKernel(Start(name));
    if (meter_.counting()) meter_.BeginKernel(name);
    Yields() = Random(launch.blocks.x, launch.threads.x);
  }
  void BeginBlock(const BlockPosition& position) override {
    if (meter_.counting()) meter_.BeginBlock();
    const dim3& threads = position.threads;
    Here().BeginBlock(Linear(position.index, position.blocks), static_cast<int>(threads.x * threads.y * threads.z));
  }
  void WarpBarrier(int warp, std::uint32_t mask) override {
    Here().WarpBarrier(warp, mask);
    if (meter_.counting()) meter_.Meet(warp, mask);
  }

  void OperationQueued(const StreamPoint& point) override { check_.order().Queue(point); }
  void BeginOperation(const StreamPoint& point) override {
    check_.order().Begin(point);
    Here().BeginPoint(point);
  }
  void EndOperation() override { Here().EndPoint(); }
  void Awaited(const StreamPoint& point) override {
    const StreamPoint* const waiter = Here().point();
    if (waiter == nullptr) return check_.order().HostAwaits(point);
    check_.order().OperationAwaits(*waiter, point);
  }

  TrafficMeter& meter() { return meter_; }

  void Observe(const Request& request) {
    const KernelThread* const thread = current_kernel_thread;
    if (thread == nullptr) {
      if (check_.IsDevice(request.data)) check_.HostAccess(request);
    } else if (thread->in_kernel) {
      const RuntimeCall call;
      ObserveKernel(*thread, request);
    }
  }

 private:
  DetectingChecker()
      : check_(kArenaBytes,
               [](const std::string& kind, const std::string& text) { TheMachine().reports().Add(kind, text); }) {}

  static Execution& Here() {
    thread_local Execution execution;
    return execution;
  }
  static Random& Yields() {
    thread_local Random random(1, 1);
    return random;
  }

  // 0 while the host thread runs no operation of a stream.
  OperationId Start(const std::string& name) {
    const StreamPoint* const point = Here().point();
    return point == nullptr ? 0 : check_.order().Start(*point, name);
  }

  void ObserveKernel(const KernelThread& thread, const Request& request) {
    if (check_.IsDevice(request.data)) {
      check_.KernelAccess(Here(), {thread.linear, thread.block_epoch}, request);
      if (meter_.counting() && !check_.IsShared(request.data)) {
        meter_.Add(thread.linear, request.site, request.kind, request.data, request.bytes);
      }
      if (Yields().Below(kAccessesPerYield) == 0) BlockRunner::OfThisHostThread().Yield();
    } else if (!OnRunningStack(request.data) && !InProgram(request.data)) {
      check_.ForeignAccess(request);
    }
  }

  MemoryCheck check_;
  TrafficMeter meter_;
};

}  // namespace

MemoryChecker& LinkedMemoryChecker() {
  return DetectingChecker::Get();
}

TrafficMeter& LinkedTrafficMeter() {
  return DetectingChecker::Get().meter();
}

void ObserveAccess(const void* data, std::size_t bytes, std::size_t alignment, AccessKind kind,
                   const void* return_address) {
  DetectingChecker::Get().Observe({data, bytes, alignment, kind, SourceLines::Of(return_address)});
}

}  // namespace shortlist::simt
