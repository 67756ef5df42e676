#include "data/row_rules.h"

#include <algorithm>
#include <regex>
#include <utility>

#include "data/cell_text.h"
#include "features/value.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

// The standard library matches by recursion; this keeps it within the stack.
constexpr std::size_t kLongestMatched = 2048;

[[noreturn]] void ThrowInvalid(const std::string& where, const std::string& message) {
  throw Error(Code::kInvalidArgument, where + ": " + message);
}

void CheckOperandCount(const RowRule& rule, const std::string& where) {
  const bool fits = rule.is == RuleOperator::kIn         ? !rule.value.empty()
                    : rule.is == RuleOperator::kNotEmpty ? rule.value.empty()
                                                         : rule.value.size() == 1;
  if (fits) return;
  const auto name = EnumNames<RuleOperator>::kNames.at(static_cast<std::size_t>(rule.is));
  const std::string needed = rule.is == RuleOperator::kIn         ? "at least one value"
                             : rule.is == RuleOperator::kNotEmpty ? "no value"
                                                                  : "exactly one value";
  ThrowInvalid(where, "`" + std::string(name) + "` takes " + needed + ", not " + std::to_string(rule.value.size()));
}

std::regex CompilePattern(const std::string& pattern, const std::string& where) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    ThrowInvalid(where, "'" + pattern + "' is not a regular expression: " + error.what());
  }
}

double CompileNumber(const std::string& text, const std::string& where) {
  const auto number = features::ParseNumber(text);
  if (!number) ThrowInvalid(where, "'" + text + "' is not a number");
  return *number;
}

bool Compare(RuleOperator is, double left, double right) {
  switch (is) {
    case RuleOperator::kGreater:
      return left > right;
    case RuleOperator::kGreaterOrEqual:
      return left >= right;
    case RuleOperator::kLess:
      return left < right;
    default:
      return left <= right;
  }
}

}  // namespace

RowRules::Predicate RowRules::Compile(const RowRule& rule, const std::string& where) {
  CheckOperandCount(rule, where);
  const std::string value = rule.value.empty() ? "" : rule.value.front();
  switch (rule.is) {
    case RuleOperator::kEquals:
      return [value](std::string_view cell) { return cell == value; };
    case RuleOperator::kNotEquals:
      return [value](std::string_view cell) { return cell != value; };
    case RuleOperator::kStartsWith:
      return [value](std::string_view cell) { return cell.starts_with(value); };
    case RuleOperator::kNotStartsWith:
      return [value](std::string_view cell) { return !cell.starts_with(value); };
    case RuleOperator::kMatches:
      return [pattern = CompilePattern(value, where)](std::string_view cell) -> std::optional<bool> {
        if (cell.size() > kLongestMatched) return std::nullopt;
        return std::regex_match(cell.begin(), cell.end(), pattern);
      };
    case RuleOperator::kIn:
      return [values = rule.value](std::string_view cell) {
        return std::find(values.begin(), values.end(), cell) != values.end();
      };
    case RuleOperator::kNotEmpty:
      return [](std::string_view cell) { return !features::Trim(cell).empty(); };
    default:
      return [is = rule.is, right = CompileNumber(value, where)](std::string_view cell) -> std::optional<bool> {
        const auto left = features::ParseNumber(cell);
        return left ? std::optional(Compare(is, *left, right)) : std::nullopt;
      };
  }
}

RowRules::RowRules(const std::vector<RowRule>& rules, const std::string& field, Columns& columns) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const RowRule& rule = rules[i];
    const std::string where = field + ".rules[" + std::to_string(i) + "]";
    if (rule.name.empty()) ThrowInvalid(where, "a rule needs a name, under which dropped rows are counted");
    if (rule.column.empty()) ThrowInvalid(where, "rule '" + rule.name + "' needs a column");
    const auto same = [&](const Rule& other) { return other.name == rule.name; };
    if (std::any_of(rules_.begin(), rules_.end(), same)) ThrowInvalid(where, "two rules are named '" + rule.name + "'");
    const std::string complaint = rule.is == RuleOperator::kMatches ? "is too long to be matched" : "is not a number";
    rules_.push_back({rule.name, rule.column, columns.Place(rule.column), Compile(rule, where), complaint});
  }
}

RuleVerdict RowRules::Judge(const RowCells& row) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const std::string_view cell = row[rules_[i].place];
    const std::optional<bool> holds = rules_[i].holds(cell);
    if (!holds) return UnreadableCell{rules_[i].column + " '" + Excerpt(cell) + "' " + rules_[i].complaint};
    if (!*holds) return FailedRule{i};
  }
  return {};
}

}  // namespace shortlist::data
