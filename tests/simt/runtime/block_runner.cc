#include "simt/runtime/block_runner.h"

#include <algorithm>
#include <memory>
#include <string>

#include "simt/runtime/call_site_text.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {

constinit thread_local KernelThread* current_kernel_thread = nullptr;

namespace {

int SizeOf(const dim3& threads) {
  return static_cast<int>(threads.x * threads.y * threads.z);
}

std::uint32_t Lanes(int count) {
  return count >= kWarpSize ? ~0U : (1U << static_cast<unsigned>(count)) - 1U;
}

std::size_t Place(const KernelThread& thread) {
  return static_cast<std::size_t>(thread.linear);
}

}  // namespace

BlockRunner& BlockRunner::OfThisHostThread() {
  // On the heap: it is larger than what a thread's own storage should hold.
  thread_local const std::unique_ptr<BlockRunner> kRunner(new BlockRunner);
  return *kRunner;
}

BlockRunner::BlockRunner() : pool_(&RunFiber, kThreadsPerBlock), host_fiber_(FiberOfHostThread()) {}

void BlockRunner::Run(const KernelBody& body, const BlockPosition& position, std::size_t dynamic_shared_bytes) {
  body_ = &body;
  dynamic_shared_bytes_ = dynamic_shared_bytes;
  Prepare(position);
  current_fiber_ = &host_fiber_;
  SwitchToNext();
  if (std::any_of(running_.begin(), running_.end(), [](std::uint32_t lanes) { return lanes != 0; })) {
    ReportDeadlock();
    pool_.Abandon();
  }
  shared_.Clear();
}

void BlockRunner::Prepare(const BlockPosition& position) {
  position_ = position;
  const dim3& size = position.threads;
  const int count = SizeOf(size);
  ready_.Clear();
  running_.fill(0);
  barrier_.Begin(count);
  for (int i = 0; i < count; ++i) {
    const auto linear = static_cast<unsigned>(i);
    KernelThread& thread = threads_[linear];
    thread = KernelThread{};
    thread.index = {linear % size.x, linear / size.x % size.y, linear / (size.x * size.y)};
    thread.linear = i;
    thread.warp = i / kWarpSize;
    thread.lane = i % kWarpSize;
    thread.block = &position_;
    fibers_[linear] = nullptr;
  }
  for (int warp = 0; warp * kWarpSize < count; ++warp) {
    const std::uint32_t lanes = Lanes(count - warp * kWarpSize);
    running_[static_cast<std::size_t>(warp)] = lanes;
    meetings_[static_cast<std::size_t>(warp)].Begin(lanes);
    ready_.Insert(warp, lanes);
  }
}

// Runs one thread after another for as long as the next one has no fiber of its own yet.
void BlockRunner::RunFiber() {
  BeginFiber();
  BlockRunner& runner = OfThisHostThread();
  for (;;) {
    runner.RunThread();
    while (!runner.ready_.empty()) {
      current_kernel_thread = &runner.threads_[static_cast<std::size_t>(runner.ready_.Choose())];
      if (runner.fibers_[Place(*current_kernel_thread)] != nullptr) break;
      runner.RunThread();
    }
    runner.pool_.GiveBack(*runner.current_fiber_);
    runner.SwitchTo(runner.ready_.empty() ? runner.host_fiber_ : runner.FiberOfCurrent());
  }
}

void BlockRunner::RunThread() {
  KernelThread& thread = *current_kernel_thread;
  fibers_[Place(thread)] = current_fiber_;
  body_->Run();
  EndThread(thread);
}

void BlockRunner::EndThread(KernelThread& thread) {
  thread.in_kernel = false;
  ready_.Remove(thread);
  fibers_[Place(thread)] = nullptr;
  running_[static_cast<std::size_t>(thread.warp)] &= ~(1U << static_cast<unsigned>(thread.lane));
  ready_.Insert(thread.warp, meetings_[static_cast<std::size_t>(thread.warp)].LaneEnds(thread.lane));
  if (barrier_.ThreadEnds()) OpenBarrier();
}

void BlockRunner::SwitchToNext() {
  if (ready_.empty()) return SwitchTo(host_fiber_);
  current_kernel_thread = &threads_[static_cast<std::size_t>(ready_.Choose())];
  SwitchTo(FiberOfCurrent());
}

Fiber& BlockRunner::FiberOfCurrent() {
  Fiber* fiber = fibers_[Place(*current_kernel_thread)];
  return fiber != nullptr ? *fiber : pool_.Take();
}

void BlockRunner::SwitchTo(Fiber& fiber) {
  Fiber* const left = current_fiber_;
  if (&fiber == left) return;
  current_fiber_ = &fiber;
  if (&fiber == &host_fiber_) current_kernel_thread = nullptr;
  SwitchFiber(*left, fiber);
}

void BlockRunner::Wait() {
  ready_.Remove(*current_kernel_thread);
  SwitchToNext();
}

void BlockRunner::Yield() {
  SwitchToNext();
}

int BlockRunner::AwaitBlock(bool vote, CallSite site) {
  current_kernel_thread->waits_at = site;
  if (barrier_.Arrive(vote, site)) {
    OpenBarrier();
  } else {
    Wait();
  }
  return barrier_.votes();
}

void BlockRunner::OpenBarrier() {
  barrier_.Open();
  for (std::size_t warp = 0; warp < running_.size() && running_[warp] != 0; ++warp) {
    for (std::uint32_t rest = running_[warp]; rest != 0; rest &= rest - 1) {
      ++threads_[warp * kWarpSize + static_cast<std::size_t>(std::countr_zero(rest))].block_epoch;
    }
    ready_.Insert(static_cast<int>(warp), running_[warp]);
  }
}

WarpMeeting& BlockRunner::Meet(WarpOperation operation, unsigned mask, std::uint64_t value, CallSite site) {
  KernelThread& thread = *current_kernel_thread;
  thread.waits_at = site;
  WarpMeeting& meeting = meetings_[static_cast<std::size_t>(thread.warp)].Arrive(thread, operation, mask, value, site);
  if (WarpMeetings::IsComplete(meeting)) {
    CompleteMeeting(meeting, thread);
  } else {
    Wait();
  }
  return meeting;
}

// Of all warp operations, only __syncwarp orders the lanes' accesses to memory.
void BlockRunner::CompleteMeeting(const WarpMeeting& meeting, const KernelThread& last) {
  ready_.Insert(last.warp, meeting.mask);
  if (meeting.operation == WarpOperation::kSync) LinkedMemoryChecker().WarpBarrier(last.warp, meeting.mask);
}

void BlockRunner::Leave(WarpMeeting& meeting) {
  const KernelThread& thread = *current_kernel_thread;
  meetings_[static_cast<std::size_t>(thread.warp)].Depart(meeting, thread.lane);
}

void* BlockRunner::DynamicShared() {
  return shared_.Find(this, dynamic_shared_bytes_, 1);
}

void BlockRunner::ReportDeadlock() {
  constexpr int kNamed = 8;
  std::string waiting;
  int named = 0;
  for (const KernelThread& thread : threads_) {
    const std::uint32_t lanes = running_[static_cast<std::size_t>(thread.linear / kWarpSize)];
    if ((lanes >> static_cast<unsigned>(thread.linear % kWarpSize) & 1U) == 0) continue;
    if (named++ == kNamed) break;
    waiting += " thread " + std::to_string(thread.linear) + " at " + Text(thread.waits_at) + ";";
  }
  TheMachine().reports().Add("deadlock", "no thread of a block can go on:" + waiting);
}

}  // namespace shortlist::simt
