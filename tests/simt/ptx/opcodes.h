// The one table of opcodes: everything that the interpreter can execute.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "simt/ptx/instruction.h"
#include "simt/ptx/syntax.h"

namespace shortlist::simt::ptx {

// The kinds of a statement's operands, as in the table's keys: r for a register, number or name, r|r for a result with
// predicate, {2} for a vector of two, [] for an address.
std::string ShapeOf(const std::vector<SyntaxOperand>& operands);

// The opcode without qualifiers that change nothing of what is computed here: caches, memory order (accesses happen one
// after the other), and promises of the compiler (.nc, .uni, .aligned).
std::string WithoutHints(std::string_view opcode);

class OpcodeTable {
 public:
  struct Entry {
    Run run = nullptr;
    RunTogether together = nullptr;
  };

  OpcodeTable();

  // Throws Fault for one that is not in the table.
  const Entry& Find(std::string_view opcode, const std::string& shape) const;

  void Add(const std::string& opcode, const std::string& shape, Run run, RunTogether together = nullptr);

 private:
  std::unordered_map<std::string, Entry> entries_;
};

// The families; each in a file of its own below instructions/.
void AddIntegerArithmetic(OpcodeTable& table);
void AddFloatingPoint(OpcodeTable& table);
void AddApproximations(OpcodeTable& table);
void AddBits(OpcodeTable& table);
void AddComparisons(OpcodeTable& table);
void AddConversions(OpcodeTable& table);
void AddMoves(OpcodeTable& table);
void AddMemory(OpcodeTable& table);
void AddAtomics(OpcodeTable& table);
void AddControl(OpcodeTable& table);
void AddWarpOperations(OpcodeTable& table);

}  // namespace shortlist::simt::ptx
