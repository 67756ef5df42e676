// A PTX module as it is written, before names mean anything.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace shortlist::simt::ptx {

// One place of an operand: a register, a number, a label, or the name of a parameter or variable.
struct Term {
  std::string text;
  bool negated = false;  // !%p1
};

// "%r1", "-3" and "name" are kScalar with one term, "%r1|%p1" is kPair, "{%r1, %r2}" kVector, "[%rd1+8]" kAddress with
// one term and an offset.
struct SyntaxOperand {
  enum class Kind { kScalar, kPair, kVector, kAddress };
  Kind kind = Kind::kScalar;
  std::vector<Term> terms;
  long long offset = 0;
};

// "@!%p1 bra $L__BB0_3;"
struct Statement {
  Term guard;  // no text: none
  std::string opcode;
  std::vector<SyntaxOperand> operands;
  int line = 0;
};

struct Variable {
  std::string name;
  std::size_t alignment = 1;
  std::size_t bytes = 0;  // 0: as many as the launch says (dynamic shared memory)
};

struct KernelSyntax {
  std::string name;
  std::vector<Variable> parameters;
  std::vector<Variable> shared;
  std::vector<std::string> registers;
  std::map<std::string, int> labels;  // to the index of the statement that follows
  std::vector<Statement> statements;
};

struct ModuleSyntax {
  std::vector<Variable> shared;  // declared outside of kernels, and seen by all of them
  std::vector<KernelSyntax> kernels;
};

}  // namespace shortlist::simt::ptx
