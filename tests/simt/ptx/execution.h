// Runs a decoded kernel over a grid.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "simt/ptx/instruction.h"
#include "simt/ptx/memory.h"

namespace shortlist::simt::ptx {

// Which of the blocks, and which of a block's threads that can run, runs first.
enum class RunOrder { kForward, kReverse };

struct Grid {
  std::array<std::uint32_t, 3> blocks = {1, 1, 1};
  std::array<std::uint32_t, 3> threads = {1, 1, 1};  // of a block
  std::size_t dynamic_shared_bytes = 0;
  RunOrder order = RunOrder::kForward;
};

// Blocks run one after the other. Within a block each thread runs on its own until it waits for its warp, for the
// block, or exits; an instruction for which lanes wait is executed when all lanes of its mask that have not exited are
// there. Registers and shared memory begin with garbage. Returns the number of instructions that threads executed.
//
// Throws Fault naming kernel, instruction, block and thread: for what an instruction refuses, for parameters of another
// size, and for threads that wait for each other in vain (different barriers, a barrier that a thread of the block
// never reaches, a mask that the lane is not in).
std::uint64_t Execute(const Kernel& kernel, const Grid& grid, std::span<const std::byte> parameters, Memory& memory);

}  // namespace shortlist::simt::ptx
