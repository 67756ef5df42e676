#include "simt/ptx/parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "simt/ptx/fault.h"
#include "simt/ptx/lexer.h"

namespace shortlist::simt::ptx {
namespace {

// Bytes of one value of a type such as ".f32"; none if the word is no such type.
std::optional<std::size_t> TypeBytes(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::size_t>, 5> kWidths = {
      {{"8", 1}, {"16", 2}, {"32", 4}, {"64", 8}, {"128", 16}}};
  if (word == ".pred") return 1;
  if (word.size() < 3 || word[0] != '.' || std::string_view("busf").find(word[1]) == std::string_view::npos) return {};
  for (const auto& [digits, bytes] : kWidths) {
    if (word.substr(2) == digits) return bytes;
  }
  return {};
}

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(Tokens(text)) {}

  ModuleSyntax Run() {
    ModuleSyntax module;
    while (Peek().kind != Token::Kind::kEnd) {
      if (Accept(".entry")) {
        module.kernels.push_back(Kernel());
      } else if (Accept(".shared")) {
        module.shared.push_back(Declaration());
        Expect(";");
      } else {
        Directive();
      }
    }
    return module;
  }

 private:
  const Token& Peek() const { return tokens_[place_]; }
  Token Take() { return tokens_[place_ + 1 < tokens_.size() ? place_++ : place_]; }

  bool Accept(std::string_view text) {
    if (!Peek().Is(text)) return false;
    ++place_;
    return true;
  }
  void Expect(std::string_view text) {
    if (!Accept(text)) Fail("expected '" + std::string(text) + "'");
  }
  [[noreturn]] void Fail(const std::string& what) const {
    throw Fault("PTX line " + std::to_string(Peek().line) + ": " + what + " at '" + Peek().text + "'");
  }

  // What stands between kernels and changes nothing of what they compute.
  void Directive() {
    if (Accept(".version") || Accept(".target") || Accept(".address_size")) {
      Take();
      while (Accept(",")) Take();
    } else if (!Accept(".visible") && !Accept(".weak") && !Accept(".extern")) {
      Fail("a directive that the interpreter does not know");
    }
  }

  KernelSyntax Kernel() {
    kernel_ = {};
    kernel_.name = Take().text;
    Expect("(");
    while (!Accept(")")) {
      Expect(".param");
      kernel_.parameters.push_back(Declaration());
      Accept(",");
    }
    while (!Peek().Is("{")) LaunchBound();
    Expect("{");
    Block();
    return std::move(kernel_);
  }

  void LaunchBound() {
    if (!Accept(".maxntid") && !Accept(".reqntid") && !Accept(".minnctapersm") && !Accept(".maxnreg")) {
      Fail("a kernel directive that the interpreter does not know");
    }
    Take();
    while (Accept(",")) Take();
  }

  // [.ptr .global] [.align 16] .b8 name[512], after the state space.
  Variable Declaration() {
    Variable variable;
    std::optional<std::size_t> element;
    while (Peek().text.front() == '.') {
      if (Accept(".align")) {
        variable.alignment = std::stoul(Take().text);
      } else if (const auto bytes = TypeBytes(Peek().text)) {
        element = bytes;
        Take();
      } else if (!Accept(".ptr") && !Accept(".global") && !Accept(".shared")) {
        Fail("a declaration that the interpreter does not know");
      }
    }
    if (!element) Fail("a declaration without a type");
    variable.alignment = std::max(variable.alignment, *element);
    variable.name = Take().text;
    variable.bytes = *element * ArrayLength();
    return variable;
  }

  std::size_t ArrayLength() {
    if (!Accept("[")) return 1;
    if (Accept("]")) return 0;
    const std::size_t length = std::stoul(Take().text);
    Expect("]");
    return length;
  }

  // Until the brace that closes it. Inline assembly brings blocks with registers of their own; one
  // that is declared again is the same register.
  void Block() {
    while (!Accept("}")) {
      if (Accept("{")) {
        Block();
      } else if (Accept(".reg")) {
        Registers();
      } else if (Accept(".shared")) {
        kernel_.shared.push_back(Declaration());
        Expect(";");
      } else if (Accept(".pragma")) {
        Take();
        Expect(";");
      } else if (tokens_[place_ + 1].Is(":")) {
        kernel_.labels[Take().text] = static_cast<int>(kernel_.statements.size());
        Expect(":");
      } else {
        kernel_.statements.push_back(OneStatement());
      }
    }
  }

  // .b32 %r<3>, %flag;  declares %r0, %r1, %r2 and %flag
  void Registers() {
    if (!TypeBytes(Take().text)) Fail("registers of a type that the interpreter does not know");
    do {
      const std::string name = Take().text;
      if (!Accept("<")) {
        AddRegister(name);
        continue;
      }
      const int count = std::stoi(Take().text);
      for (int i = 0; i < count; ++i) AddRegister(name + std::to_string(i));
      Expect(">");
    } while (Accept(","));
    Expect(";");
  }

  void AddRegister(const std::string& name) { kernel_.registers.push_back(name); }

  Statement OneStatement() {
    Statement statement;
    statement.line = Peek().line;
    if (Accept("@")) statement.guard = OneTerm();
    if (Peek().kind != Token::Kind::kWord || Peek().text.front() == '.') Fail("expected an instruction");
    statement.opcode = Take().text;
    while (!Accept(";")) {
      statement.operands.push_back(Operand());
      if (!Accept(",") && !Peek().Is(";")) Fail("expected ',' or ';'");
    }
    return statement;
  }

  Term OneTerm() {
    const bool negated = Accept("!");
    if (Peek().kind != Token::Kind::kWord && Peek().kind != Token::Kind::kNumber) Fail("expected an operand");
    return {Take().text, negated};
  }

  SyntaxOperand Operand() {
    if (Accept("[")) return Address();
    if (Accept("{")) return Vector();
    SyntaxOperand operand;
    operand.terms.push_back(OneTerm());
    if (Accept("|")) {
      operand.kind = SyntaxOperand::Kind::kPair;
      operand.terms.push_back(OneTerm());
    }
    return operand;
  }

  SyntaxOperand Vector() {
    SyntaxOperand operand;
    operand.kind = SyntaxOperand::Kind::kVector;
    do operand.terms.push_back(OneTerm());
    while (Accept(","));
    Expect("}");
    return operand;
  }

  // [%rd1], [%rd1+8], [%rd1+-8], [name+16]
  SyntaxOperand Address() {
    SyntaxOperand operand;
    operand.kind = SyntaxOperand::Kind::kAddress;
    operand.terms.push_back(OneTerm());
    if (Accept("+")) operand.offset = std::stoll(Take().text, nullptr, 0);
    Expect("]");
    return operand;
  }

  std::vector<Token> tokens_;
  std::size_t place_ = 0;
  KernelSyntax kernel_;
};

}  // namespace

ModuleSyntax Parse(std::string_view text) {
  return Parser(text).Run();
}

}  // namespace shortlist::simt::ptx
