// A kernel decoded for execution: every name has become a place, every opcode a function.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace shortlist::simt::ptx {

class Thread;
struct Instruction;

// Executes one instruction in one thread; the thread's next instruction has been set to the one behind it.
using Run = void (*)(Thread& thread, const Instruction& instruction);
// Executes one instruction for threads that wait at it together: the 32 lanes of a warp or all threads of a block. Null
// for those that do not take part.
using RunTogether = void (*)(std::span<Thread* const> threads, const Instruction& instruction);

// A register if place >= 0, else constant ~place of the kernel.
struct Operand {
  std::int32_t place = 0;
  bool negated = false;  // of predicates
};

struct Instruction {
  Run run = nullptr;
  RunTogether together = nullptr;  // of instructions at which threads wait for each other
  bool guarded = false;
  Operand guard;
  std::array<Operand, 6> operands;  // the terms of all operands in a row; an address is its base
  int operand_count = 0;
  std::int64_t offset = 0;  // of the address
  int target = -1;          // of a branch
  std::string text;         // for messages: opcode and line

  const Operand& operator[](int index) const { return operands[static_cast<std::size_t>(index)]; }
  const Operand& last() const { return operands[static_cast<std::size_t>(operand_count - 1)]; }
};

struct Kernel {
  std::string name;
  std::vector<Instruction> instructions;
  std::vector<std::uint64_t> constants;
  int registers = 0;
  std::size_t parameter_bytes = 0;
  std::size_t static_shared_bytes = 0;  // dynamic shared memory begins here
};

// Registers that hold the special ones, first in every kernel.
enum SpecialRegister { kTid = 0, kNtid = 3, kCtaid = 6, kNctaid = 9, kLaneId = 12, kSpecialRegisters = 13 };

}  // namespace shortlist::simt::ptx
