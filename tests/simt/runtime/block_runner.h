// Runs the threads of one block in turns on the calling host thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "simt/device/launch.h"
#include "simt/device/warp_exchange.h"
#include "simt/runtime/block_barrier.h"
#include "simt/runtime/fiber_pool.h"
#include "simt/runtime/random.h"
#include "simt/runtime/ready_threads.h"
#include "simt/runtime/schedule.h"
#include "simt/runtime/shared_arena.h"
#include "simt/runtime/warp_meetings.h"

namespace shortlist::simt {

// A thread runs until it has to wait; then the schedule chooses another one. Threads that never wait follow each other
// on one fiber without a switch. Reports a block of which no thread can go on, and abandons it.
class BlockRunner {
 public:
  static BlockRunner& OfThisHostThread();

  // Before the blocks of a launch.
  void SetOrder(Order order, Random random) { ready_.SetOrder(order, random); }
  void Run(const KernelBody& body, const BlockPosition& position, std::size_t dynamic_shared_bytes);

  // What the running thread calls.
  int AwaitBlock(bool vote, CallSite site);
  WarpMeeting& Meet(WarpOperation operation, unsigned mask, std::uint64_t value, CallSite site);
  void Leave(WarpMeeting& meeting);
  void Yield();
  SharedArena& shared() { return shared_; }
  void* DynamicShared();

 private:
  BlockRunner();
  static void RunFiber();

  void Prepare(const BlockPosition& position);
  void RunThread();
  void EndThread(KernelThread& thread);
  // Leaves the running fiber for the next thread that can go on, or for Run when there is none.
  void SwitchToNext();
  void SwitchTo(Fiber& fiber);
  Fiber& FiberOfCurrent();
  void Wait();
  void OpenBarrier();
  void CompleteMeeting(const WarpMeeting& meeting, const KernelThread& last);
  void ReportDeadlock();

  const KernelBody* body_ = nullptr;
  BlockPosition position_;
  std::size_t dynamic_shared_bytes_ = 0;
  std::array<KernelThread, kThreadsPerBlock> threads_;
  std::array<Fiber*, kThreadsPerBlock> fibers_{};        // null: not started, or ended
  std::array<std::uint32_t, kWarpsPerBlock> running_{};  // lanes that have not ended
  std::array<WarpMeetings, kWarpsPerBlock> meetings_;
  BlockBarrier barrier_;
  ReadyThreads ready_;
  SharedArena shared_;
  FiberPool pool_;
  Fiber host_fiber_;
  Fiber* current_fiber_ = nullptr;
};

}  // namespace shortlist::simt
