#include "simt/ptx/execution.h"

#include <algorithm>
#include <string>
#include <vector>

#include "simt/ptx/fault.h"
#include "simt/ptx/thread.h"

namespace shortlist::simt::ptx {
namespace {

constexpr std::size_t kLanes = 32;
// A huge negative number as float32, an address that nothing has as a pointer.
constexpr std::uint64_t kGarbage = 0xFBFBFBFBFBFBFBFB;

using State = Thread::State;

std::string Coordinates(std::uint64_t index, const std::array<std::uint32_t, 3>& extent) {
  const std::uint64_t y = index / extent[0];
  return "(" + std::to_string(index % extent[0]) + ", " + std::to_string(y % extent[1]) + ", " +
         std::to_string(y / extent[1]) + ")";
}

std::uint64_t InOrder(std::uint64_t turn, std::uint64_t count, RunOrder order) {
  return order == RunOrder::kForward ? turn : count - 1 - turn;
}

class Block {
 public:
  Block(const Kernel& kernel, const Grid& grid, std::span<const std::byte> parameters, Memory& memory)
      : kernel_(kernel),
        grid_(grid),
        shared_(kernel.static_shared_bytes + grid.dynamic_shared_bytes),
        state_{kernel, parameters, shared_, memory},
        registers_(ThreadCount() * static_cast<std::size_t>(kernel.registers)) {}

  // Runs the block with the given index in the grid to its end.
  void Run(std::uint64_t index) {
    index_ = index;
    Reset();
    while (
        std::any_of(threads_.begin(), threads_.end(), [](auto& thread) { return thread.state() != State::kExited; })) {
      const bool ran = RunThreads();
      const bool warps_moved = CompleteWarps();
      if (!ran && !warps_moved) CompleteBarrier();
    }
  }

  std::uint64_t executed() const { return executed_; }

 private:
  std::size_t ThreadCount() const { return std::size_t{grid_.threads[0]} * grid_.threads[1] * grid_.threads[2]; }
  std::uint64_t* RegistersOf(std::size_t thread) {
    return registers_.data() + thread * static_cast<std::size_t>(kernel_.registers);
  }

  void Reset() {
    std::fill(shared_.begin(), shared_.end(), static_cast<std::byte>(kGarbage & 0xFF));
    std::fill(registers_.begin(), registers_.end(), kGarbage);
    threads_.clear();
    for (std::size_t i = 0; i < ThreadCount(); ++i) {
      SetSpecialRegisters(i);
      threads_.emplace_back(state_, RegistersOf(i));
    }
  }

  void SetSpecialRegisters(std::size_t thread) {
    std::uint64_t* registers = RegistersOf(thread);
    const auto set = [&](int first, std::uint64_t index, const std::array<std::uint32_t, 3>& extent) {
      registers[first] = index % extent[0];
      registers[first + 1] = index / extent[0] % extent[1];
      registers[first + 2] = index / extent[0] / extent[1];
    };
    set(kTid, thread, grid_.threads);
    set(kCtaid, index_, grid_.blocks);
    std::copy(grid_.threads.begin(), grid_.threads.end(), registers + kNtid);
    std::copy(grid_.blocks.begin(), grid_.blocks.end(), registers + kNctaid);
    registers[kLaneId] = thread % kLanes;
  }

  bool RunThreads() {
    bool ran = false;
    for (std::size_t turn = 0; turn < threads_.size(); ++turn) {
      Thread& thread = threads_[InOrder(turn, threads_.size(), grid_.order)];
      if (thread.state() != State::kRunning) continue;
      RunUntilItWaits(thread);
      ran = true;
    }
    return ran;
  }

  void RunUntilItWaits(Thread& thread) {
    const Instruction* instruction = nullptr;
    try {
      while (thread.state() == State::kRunning) {
        instruction = &At(thread);
        ++executed_;
        thread.set_next(thread.next() + 1);
        if (instruction->guarded && !thread.Get<bool>(instruction->guard)) continue;
        instruction->run(thread, *instruction);
      }
    } catch (const Fault& fault) {
      Fail(*instruction, Number(thread), fault.what());
    }
  }

  const Instruction& At(const Thread& thread) const {
    return kernel_.instructions[static_cast<std::size_t>(thread.next())];
  }
  // The instruction that a waiting thread waits at; it has been stepped over already.
  const Instruction& Awaited(const Thread& thread) const {
    return kernel_.instructions[static_cast<std::size_t>(thread.next() - 1)];
  }
  std::size_t Number(const Thread& thread) const { return static_cast<std::size_t>(&thread - threads_.data()); }

  [[noreturn]] void Fail(const Instruction& instruction, std::size_t thread, const std::string& what) const {
    throw Fault(kernel_.name + ", block " + Coordinates(index_, grid_.blocks) + ", thread " +
                Coordinates(thread, grid_.threads) + ", " + instruction.text + ": " + what);
  }

  bool CompleteWarps() {
    bool moved = false;
    for (std::size_t first = 0; first < threads_.size(); first += kLanes) {
      const std::size_t lanes = std::min(kLanes, threads_.size() - first);
      moved |= CompleteWarp(std::span<Thread>(threads_).subspan(first, lanes));
    }
    return moved;
  }

  // Executes what some lanes of the warp wait for, where all of their mask have arrived.
  bool CompleteWarp(std::span<Thread> warp) {
    bool moved = false;
    for (std::size_t lane = 0; lane < warp.size(); ++lane) {
      if (warp[lane].state() != State::kWaitsForWarp) continue;
      const std::uint32_t mask = MaskOf(warp[lane]);
      if ((mask >> lane & 1) == 0) Fail(Awaited(warp[lane]), Number(warp[lane]), "the lane is not in its own mask");
      std::array<Thread*, kLanes> participants{};
      if (!Gather(warp, warp[lane], mask, participants)) continue;
      Complete(participants);
      moved = true;
    }
    return moved;
  }

  std::uint32_t MaskOf(const Thread& thread) const { return thread.Get<std::uint32_t>(Awaited(thread).last()); }

  // All lanes of the mask that exist and have not exited, if each of them waits at the same place with the same mask.
  bool Gather(std::span<Thread> warp, const Thread& leader, std::uint32_t mask,
              std::array<Thread*, kLanes>& participants) const {
    for (std::size_t lane = 0; lane < warp.size(); ++lane) {
      Thread& thread = warp[lane];
      if ((mask >> lane & 1) == 0 || thread.state() == State::kExited) continue;
      if (thread.state() != State::kWaitsForWarp || thread.next() != leader.next() || MaskOf(thread) != mask)
        return false;
      participants[lane] = &thread;
    }
    return true;
  }

  void Complete(std::span<Thread* const> participants) {
    Thread& leader = **std::find_if(participants.begin(), participants.end(), [](Thread* thread) { return thread; });
    try {
      Awaited(leader).together(participants, Awaited(leader));
    } catch (const Fault& fault) {
      Fail(Awaited(leader), Number(leader), fault.what());
    }
    for (Thread* thread : participants) {
      if (thread != nullptr) thread->set_state(State::kRunning);
    }
  }

  // No thread runs, no warp can go on: then all must wait at one barrier.
  void CompleteBarrier() {
    std::vector<Thread*> waiting;
    for (Thread& thread : threads_) {
      if (thread.state() == State::kWaitsForWarp)
        Fail(Awaited(thread), Number(thread), "waits for lanes that do not come");
      if (thread.state() == State::kWaitsForBlock) waiting.push_back(&thread);
    }
    for (const Thread* thread : waiting) {
      if (waiting.size() < threads_.size()) {
        Fail(Awaited(*thread), Number(*thread), "a barrier that other threads of the block have exited without");
      }
      if (thread->next() != waiting.front()->next()) {
        Fail(Awaited(*thread), Number(*thread), "other threads wait at " + Awaited(*waiting.front()).text);
      }
    }
    if (!waiting.empty()) Complete(waiting);
  }

  const Kernel& kernel_;
  const Grid& grid_;
  std::vector<std::byte> shared_;
  BlockState state_;
  std::vector<std::uint64_t> registers_;
  std::vector<Thread> threads_;
  std::uint64_t index_ = 0;
  std::uint64_t executed_ = 0;
};

}  // namespace

std::uint64_t Execute(const Kernel& kernel, const Grid& grid, std::span<const std::byte> parameters, Memory& memory) {
  if (parameters.size() != kernel.parameter_bytes) {
    throw Fault(kernel.name + " takes " + std::to_string(kernel.parameter_bytes) +
                " bytes of parameters, the launch has " + std::to_string(parameters.size()));
  }
  Block block(kernel, grid, parameters, memory);
  const std::uint64_t blocks = std::uint64_t{grid.blocks[0]} * grid.blocks[1] * grid.blocks[2];
  for (std::uint64_t turn = 0; turn < blocks; ++turn) block.Run(InOrder(turn, blocks, grid.order));
  return block.executed();
}

}  // namespace shortlist::simt::ptx
