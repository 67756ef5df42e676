// Which rows of a source are kept: the configured rules, compiled.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "data/columns.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

using RowCells = std::vector<std::string_view>;

// Cells in the order of the Columns. A rule that a row failed, by its place, or a reason why the row cannot be judged.
struct FailedRule {
  std::size_t rule = 0;
};
struct UnreadableCell {
  std::string reason;
};
using RuleVerdict = std::variant<std::monostate, FailedRule, UnreadableCell>;

// Immutable; thread-safe.
class RowRules {
 public:
  // `field` names the source in messages. Registers the rules' columns. Throws Error{kInvalidArgument} for a rule
  // without name or column, a name used twice, a number of operands that does not fit, an operand that is no number,
  // and a pattern that is no regular expression.
  RowRules(const std::vector<RowRule>& rules, const std::string& field, Columns& columns);

  // The first rule that the row fails, if any. A cell is unreadable if an order comparison cannot take it as a number,
  // or if it is longer than 2048 bytes where a pattern is to be matched.
  RuleVerdict Judge(const RowCells& row) const;

  std::size_t size() const { return rules_.size(); }
  const std::string& Name(std::size_t rule) const { return rules_[rule].name; }

 private:
  // Nothing if the cell is unreadable.
  using Predicate = std::function<std::optional<bool>(std::string_view)>;
  struct Rule {
    std::string name;
    std::string column;
    std::size_t place = 0;
    Predicate holds;
    std::string complaint;  // about an unreadable cell
  };
  static Predicate Compile(const RowRule& rule, const std::string& where);

  std::vector<Rule> rules_;
};

}  // namespace shortlist::data
