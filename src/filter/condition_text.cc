#include "filter/condition_text.h"

#include <string>
#include <utility>
#include <vector>

#include "filter/condition_scanner.h"

namespace shortlist::filter {
namespace {

std::string Described(const Token& token) {
  return token.kind == TokenKind::kEnd ? "the end of the text" : "'" + token.text + "'";
}

Condition Not(Condition condition) {
  std::string place = condition.place;
  return {Group{Joint::kNoneOf, {std::move(condition)}}, std::move(place)};
}

// By recursive descent; every level of the grammar is a member.
class Parser {
 public:
  explicit Parser(std::string_view text) : scanner_(text) {}

  Condition Parse() {
    Condition condition = Disjunction();
    if (scanner_.next().kind != TokenKind::kEnd) Expected("'and', 'or' or the end");
    return condition;
  }

 private:
  [[noreturn]] void Expected(const std::string& what) const {
    Refuse(scanner_.next().place, "expected " + what + ", not " + Described(scanner_.next()));
  }

  Condition Disjunction() { return Joined("or", Joint::kAnyOf, &Parser::Conjunction); }
  Condition Conjunction() { return Joined("and", Joint::kAllOf, &Parser::Negation); }

  Condition Joined(std::string_view word, Joint joint, Condition (Parser::*operand)()) {
    const std::string place = scanner_.next().place;
    Condition first = (this->*operand)();
    if (!scanner_.IsNext(word)) return first;
    Group group{joint, {}};
    group.conditions.push_back(std::move(first));
    while (scanner_.TakeIf(word)) group.conditions.push_back((this->*operand)());
    return {std::move(group), place};
  }

  Condition Negation() {
    budget_.Enter(scanner_.next().place);
    Condition condition = Operand();
    budget_.Leave();
    return condition;
  }

  Condition Operand() {
    if (scanner_.TakeIf("not")) return Not(Negation());
    if (!scanner_.TakeIf("(")) return Comparison();
    Condition inner = Disjunction();
    if (!scanner_.TakeIf(")")) Expected("')'");
    return inner;
  }

  Condition Comparison() {
    if (scanner_.next().kind != TokenKind::kName) Expected("the name of an attribute");
    Token name = scanner_.Take();
    if (scanner_.TakeIf("exists")) return {Exists{std::move(name.text)}, std::move(name.place)};
    if (scanner_.TakeIf("in")) return OneOf(std::move(name));
    if (scanner_.TakeIf("not")) {
      if (!scanner_.TakeIf("in")) Expected("'in'");
      return Not(OneOf(std::move(name)));
    }
    if (scanner_.TakeIf("=")) return Equal(std::move(name));
    if (scanner_.TakeIf("!=")) return Not(Equal(std::move(name)));
    return Range(std::move(name));
  }

  Condition Equal(Token name) {
    std::vector<Token> values;
    values.push_back(Value());
    return Membership(std::move(name), std::move(values));
  }

  Condition OneOf(Token name) {
    if (!scanner_.TakeIf("(")) Expected("'('");
    std::vector<Token> values;
    do {
      values.push_back(Value());
    } while (scanner_.TakeIf(","));
    if (!scanner_.TakeIf(")")) Expected("',' or ')'");
    return Membership(std::move(name), std::move(values));
  }

  Token Value() {
    const TokenKind kind = scanner_.next().kind;
    if (kind != TokenKind::kText && kind != TokenKind::kNumber) Expected("a number or a text in quotes");
    budget_.AddValue(scanner_.next().place);
    return scanner_.Take();
  }

  static Condition Membership(Token name, std::vector<Token> values) {
    const TokenKind kind = values.front().kind;
    NumberIn numbers{name.text, {}};
    TextIn texts{std::move(name.text), {}};
    for (Token& value : values) {
      if (value.kind != kind) Refuse(value.place, "numbers and texts stand in one list");
      if (kind == TokenKind::kNumber) {
        numbers.values.push_back(value.number);
      } else {
        texts.values.push_back(std::move(value.text));
      }
    }
    if (kind == TokenKind::kNumber) return {std::move(numbers), std::move(name.place)};
    return {std::move(texts), std::move(name.place)};
  }

  Condition Range(Token name) {
    NumberRange range{.attribute = std::move(name.text)};
    if (scanner_.TakeIf("<")) {
      range.most = Number();
      range.most_bound = Bound::kExcluded;
    } else if (scanner_.TakeIf("<=")) {
      range.most = Number();
    } else if (scanner_.TakeIf(">")) {
      range.least = Number();
      range.least_bound = Bound::kExcluded;
    } else if (scanner_.TakeIf(">=")) {
      range.least = Number();
    } else {
      Expected("a comparison: =, !=, <, <=, >, >=, in, not in or exists");
    }
    return {std::move(range), std::move(name.place)};
  }

  double Number() {
    if (scanner_.next().kind != TokenKind::kNumber) Expected("a number");
    budget_.AddValue(scanner_.next().place);
    return scanner_.Take().number;
  }

  ConditionScanner scanner_;
  ConditionBudget budget_;
};

}  // namespace

Condition ParseCondition(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace shortlist::filter
