#include "simt/ptx/decoder.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

constexpr std::size_t kDynamicSharedAlignment = 16;

std::size_t RoundUp(std::size_t value, std::size_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

// Numbers as PTX writes them: 12, -3, 0x1F, and the bits of 0f3F800000 (float) and 0d3FF0000000000000 (double).
std::uint64_t NumberBits(const std::string& text) {
  const char kind = text.size() > 1 && text[0] == '0' ? static_cast<char>(std::tolower(text[1])) : '\0';
  if (kind == 'f' || kind == 'd') return std::strtoull(text.c_str() + 2, nullptr, 16);
  if (text[0] == '-') return static_cast<std::uint64_t>(std::strtoll(text.c_str(), nullptr, 0));
  return std::strtoull(text.c_str(), nullptr, 0);
}

class Decoder {
 public:
  Decoder(const ModuleSyntax& module, const KernelSyntax& syntax, const OpcodeTable& table)
      : module_(module), syntax_(syntax), table_(table) {}

  Kernel Run() {
    kernel_.name = syntax_.name;
    NameRegisters();
    PlaceParameters();
    PlaceShared();
    for (const Statement& statement : syntax_.statements) AddInstruction(statement);
    // Behind the last instruction, for kernels that end with a label.
    kernel_.instructions.push_back(
        {.run = table_.Find("ret", "").run, .guard = {}, .operands = {}, .text = "end of the kernel"});
    kernel_.registers = static_cast<int>(registers_.size());
    return std::move(kernel_);
  }

 private:
  void NameRegisters() {
    int place = 0;
    for (const std::string name : {"%tid", "%ntid", "%ctaid", "%nctaid"}) {
      for (const std::string axis : {".x", ".y", ".z"}) registers_[name + axis] = place++;
    }
    registers_["%laneid"] = place;
    // What is written here is not wanted.
    registers_["_"] = kSpecialRegisters;
    for (const std::string& name : syntax_.registers) registers_.emplace(name, static_cast<int>(registers_.size()));
  }

  // The layout of a struct of the parameters, as the driver and the shim's launch make it.
  void PlaceParameters() {
    for (const Variable& parameter : syntax_.parameters) {
      const std::size_t offset = RoundUp(kernel_.parameter_bytes, parameter.alignment);
      symbols_[parameter.name] = offset;
      kernel_.parameter_bytes = offset + parameter.bytes;
    }
  }

  // Variables of known size first; those that the launch sizes share the place behind them.
  void PlaceShared() {
    for (const auto* variables : {&module_.shared, &syntax_.shared}) {
      for (const Variable& variable : *variables) {
        if (variable.bytes == 0) continue;
        const std::size_t offset = RoundUp(kernel_.static_shared_bytes, variable.alignment);
        symbols_[variable.name] = offset;
        kernel_.static_shared_bytes = offset + variable.bytes;
      }
    }
    kernel_.static_shared_bytes = RoundUp(kernel_.static_shared_bytes, kDynamicSharedAlignment);
    for (const Variable& variable : module_.shared) {
      if (variable.bytes == 0) symbols_[variable.name] = kernel_.static_shared_bytes;
    }
  }

  void AddInstruction(const Statement& statement) {
    try {
      kernel_.instructions.push_back(Decoded(statement));
    } catch (const Fault& fault) {
      throw Fault("PTX line " + std::to_string(statement.line) + ", kernel " + syntax_.name + ": " + fault.what());
    }
  }

  Instruction Decoded(const Statement& statement) {
    const auto& entry = table_.Find(statement.opcode, ShapeOf(statement.operands));
    Instruction instruction;
    instruction.run = entry.run;
    instruction.together = entry.together;
    instruction.text = statement.opcode + " (PTX line " + std::to_string(statement.line) + ")";
    instruction.guarded = !statement.guard.text.empty();
    if (instruction.guarded) instruction.guard = PlaceOf(statement.guard);
    if (WithoutHints(statement.opcode) == "bra") {
      instruction.target = Label(statement.operands.front().terms.front().text);
      return instruction;
    }
    for (const SyntaxOperand& operand : statement.operands) AddOperand(operand, instruction);
    return instruction;
  }

  void AddOperand(const SyntaxOperand& operand, Instruction& instruction) {
    for (const Term& term : operand.terms) {
      const auto index = static_cast<std::size_t>(instruction.operand_count++);
      if (index >= instruction.operands.size()) throw Fault("more operands than an instruction has");
      instruction.operands[index] = PlaceOf(term);
    }
    if (operand.kind == SyntaxOperand::Kind::kAddress) instruction.offset = operand.offset;
  }

  int Label(const std::string& name) const {
    const auto label = syntax_.labels.find(name);
    if (label == syntax_.labels.end()) throw Fault("no label " + name);
    return label->second;
  }

  Operand PlaceOf(const Term& term) {
    if (const auto found = registers_.find(term.text); found != registers_.end()) return {found->second, term.negated};
    if (const auto found = symbols_.find(term.text); found != symbols_.end()) return Constant(found->second);
    const char first = term.text.front();
    if (first == '-' || std::isdigit(static_cast<unsigned char>(first)) != 0) return Constant(NumberBits(term.text));
    throw Fault("'" + term.text + "' is not declared, or is nothing that the interpreter knows");
  }

  Operand Constant(std::uint64_t bits) {
    const auto found = std::find(kernel_.constants.begin(), kernel_.constants.end(), bits);
    const auto index = static_cast<std::int32_t>(found - kernel_.constants.begin());
    if (found == kernel_.constants.end()) kernel_.constants.push_back(bits);
    return {~index, false};
  }

  const ModuleSyntax& module_;
  const KernelSyntax& syntax_;
  const OpcodeTable& table_;
  Kernel kernel_;
  std::map<std::string, int> registers_;
  std::map<std::string, std::uint64_t> symbols_;
};

}  // namespace

Kernel Decode(const ModuleSyntax& module, const KernelSyntax& syntax, const OpcodeTable& table) {
  return Decoder(module, syntax, table).Run();
}

}  // namespace shortlist::simt::ptx
