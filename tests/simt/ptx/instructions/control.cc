// bra ret exit trap, barriers of a block, and fences (PTX ISA 9.7.12 and 9.7.13).
#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

void Branch(Thread& thread, const Instruction& instruction) {
  thread.set_next(instruction.target);
}
void Exit(Thread& thread, const Instruction& /*instruction*/) {
  thread.set_state(Thread::State::kExited);
}
void Trap(Thread& /*thread*/, const Instruction& /*instruction*/) {
  throw Fault("the kernel trapped");
}
// Threads run one at a time, so memory is always in order.
void Fence(Thread& /*thread*/, const Instruction& /*instruction*/) {}

void WaitForBlock(Thread& thread, const Instruction& /*instruction*/) {
  thread.set_state(Thread::State::kWaitsForBlock);
}

// bar.sync orders and computes nothing. The kernels of this project use barrier 0 of the whole block only.
void Synchronize(std::span<Thread* const> threads, const Instruction& instruction) {
  for (const Thread* thread : threads) {
    if (thread->Get<std::uint32_t>(instruction[0]) != 0) throw Fault("only barrier 0 is known to the interpreter");
  }
}

// bar.red.popc d, barrier, p: how many threads have p.
int CountOf(std::span<Thread* const> threads, const Instruction& instruction) {
  int count = 0;
  for (const Thread* thread : threads) count += thread->Get<bool>(instruction[2]) ? 1 : 0;
  return count;
}
void CountTogether(std::span<Thread* const> threads, const Instruction& instruction) {
  const int count = CountOf(threads, instruction);
  for (Thread* thread : threads) thread->Set<std::uint32_t>(instruction[0], static_cast<std::uint32_t>(count));
}
void AllTogether(std::span<Thread* const> threads, const Instruction& instruction) {
  const bool all = CountOf(threads, instruction) == static_cast<int>(threads.size());
  for (Thread* thread : threads) thread->Set<bool>(instruction[0], all);
}
void AnyTogether(std::span<Thread* const> threads, const Instruction& instruction) {
  const bool any = CountOf(threads, instruction) > 0;
  for (Thread* thread : threads) thread->Set<bool>(instruction[0], any);
}

}  // namespace

void AddControl(OpcodeTable& table) {
  table.Add("bra", "r", Branch);
  table.Add("ret", "", Exit);
  table.Add("exit", "", Exit);
  table.Add("trap", "", Trap);
  for (const std::string fence : {"membar", "membar.gl", "fence", "fence.sc"}) table.Add(fence, "", Fence);
  for (const std::string barrier : {"bar", "barrier"}) {
    table.Add(barrier + ".sync", "r", WaitForBlock, Synchronize);
    table.Add(barrier + ".red.popc.u32", "r,r,r", WaitForBlock, CountTogether);
    table.Add(barrier + ".red.and.pred", "r,r,r", WaitForBlock, AllTogether);
    table.Add(barrier + ".red.or.pred", "r,r,r", WaitForBlock, AnyTogether);
  }
}

}  // namespace shortlist::simt::ptx
