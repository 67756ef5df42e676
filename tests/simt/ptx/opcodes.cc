#include "simt/ptx/opcodes.h"

#include <algorithm>
#include <array>

#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

constexpr std::array<std::string_view, 18> kHints = {"nc",       "ca",  "cg",  "cs",      "cv",      "lu",
                                                     "wb",       "wt",  "uni", "aligned", "weak",    "relaxed",
                                                     "volatile", "gpu", "cta", "sys",     "acq_rel", "cluster"};

bool IsHint(std::string_view part) {
  return std::find(kHints.begin(), kHints.end(), part) != kHints.end() || part.starts_with("L1::") ||
         part.starts_with("L2::");
}

std::string Shape(const SyntaxOperand& operand) {
  switch (operand.kind) {
    case SyntaxOperand::Kind::kScalar:
      return "r";
    case SyntaxOperand::Kind::kPair:
      return "r|r";
    case SyntaxOperand::Kind::kVector:
      return "{" + std::to_string(operand.terms.size()) + "}";
    case SyntaxOperand::Kind::kAddress:
      return "[]";
  }
  return "";
}

}  // namespace

std::string ShapeOf(const std::vector<SyntaxOperand>& operands) {
  std::string shape;
  for (const SyntaxOperand& operand : operands) shape += (shape.empty() ? "" : ",") + Shape(operand);
  return shape;
}

std::string WithoutHints(std::string_view opcode) {
  std::string kept;
  while (!opcode.empty()) {
    const std::size_t end = std::min(opcode.find('.'), opcode.size());
    const std::string_view part = opcode.substr(0, end);
    if (!IsHint(part)) kept += (kept.empty() ? "" : ".") + std::string(part);
    opcode.remove_prefix(std::min(end + 1, opcode.size()));
  }
  return kept;
}

OpcodeTable::OpcodeTable() {
  AddIntegerArithmetic(*this);
  AddFloatingPoint(*this);
  AddApproximations(*this);
  AddBits(*this);
  AddComparisons(*this);
  AddConversions(*this);
  AddMoves(*this);
  AddMemory(*this);
  AddAtomics(*this);
  AddControl(*this);
  AddWarpOperations(*this);
}

const OpcodeTable::Entry& OpcodeTable::Find(std::string_view opcode, const std::string& shape) const {
  const auto entry = entries_.find(WithoutHints(opcode) + " " + shape);
  if (entry == entries_.end()) {
    throw Fault("the interpreter does not know '" + std::string(opcode) + "' with operands '" + shape +
                "'; add it to its family in tests/simt/ptx/instructions, with a test");
  }
  return entry->second;
}

void OpcodeTable::Add(const std::string& opcode, const std::string& shape, Run run, RunTogether together) {
  entries_[opcode + " " + shape] = {run, together};
}

}  // namespace shortlist::simt::ptx
