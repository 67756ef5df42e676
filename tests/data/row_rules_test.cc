#include "data/row_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::HasSubstr;

// Whether a row whose only cell is `cell` satisfies the rule; nothing if it is unreadable.
std::optional<bool> Holds(RuleOperator is, const std::vector<std::string>& value, const std::string& cell) {
  Columns columns;
  const RowRules rules({{"rule", "column", is, value}}, "data.events", columns);
  const RuleVerdict verdict = rules.Judge({cell});
  if (std::holds_alternative<UnreadableCell>(verdict)) return std::nullopt;
  return std::holds_alternative<std::monostate>(verdict);
}

TEST(RowRulesTest, ComparesTexts) {
  EXPECT_EQ(Holds(RuleOperator::kEquals, {"buy"}, "buy"), true);
  EXPECT_EQ(Holds(RuleOperator::kEquals, {"buy"}, "Buy"), false);
  EXPECT_EQ(Holds(RuleOperator::kNotEquals, {"buy"}, "view"), true);
  EXPECT_EQ(Holds(RuleOperator::kStartsWith, {"C"}, "C1"), true);
  EXPECT_EQ(Holds(RuleOperator::kNotStartsWith, {"C"}, "C1"), false);
  EXPECT_EQ(Holds(RuleOperator::kIn, {"a", "b"}, "b"), true);
  EXPECT_EQ(Holds(RuleOperator::kIn, {"a", "b"}, ""), false);
  EXPECT_EQ(Holds(RuleOperator::kNotEmpty, {}, "x"), true);
  EXPECT_EQ(Holds(RuleOperator::kNotEmpty, {}, "  "), false);
}

TEST(RowRulesTest, PatternsMatchTheWholeCell) {
  EXPECT_EQ(Holds(RuleOperator::kMatches, {"\\d{5}[A-Z]*"}, "85123A"), true);
  EXPECT_EQ(Holds(RuleOperator::kMatches, {"\\d{5}[A-Z]*"}, "X85123A"), false);
  EXPECT_EQ(Holds(RuleOperator::kMatches, {"\\d{5}[A-Z]*"}, "85123A "), false);
  EXPECT_EQ(Holds(RuleOperator::kMatches, {".*"}, std::string(2048, 'x')), true);
  EXPECT_EQ(Holds(RuleOperator::kMatches, {".*"}, std::string(1 << 20, 'x')), std::nullopt);
}

TEST(RowRulesTest, ComparesNumbersOrCallsThemUnreadable) {
  EXPECT_EQ(Holds(RuleOperator::kGreater, {"0"}, "0"), false);
  EXPECT_EQ(Holds(RuleOperator::kGreaterOrEqual, {"0"}, "0.0"), true);
  EXPECT_EQ(Holds(RuleOperator::kLess, {"10"}, "9"), true);
  EXPECT_EQ(Holds(RuleOperator::kLessOrEqual, {"10"}, "11"), false);
  EXPECT_EQ(Holds(RuleOperator::kGreater, {"0"}, "many"), std::nullopt);
  EXPECT_EQ(Holds(RuleOperator::kGreater, {"0"}, ""), std::nullopt);
}

TEST(RowRulesTest, TellsTheFirstRuleThatFails) {
  Columns columns;
  columns.Place("unused");
  const RowRules rules({{"a", "x", RuleOperator::kNotEmpty, {}},
                        {"b", "y", RuleOperator::kGreater, {"1"}},
                        {"c", "x", RuleOperator::kEquals, {"k"}}},
                       "data.events", columns);
  EXPECT_EQ(columns.names(), (std::vector<std::string>{"unused", "x", "y"}));
  const auto failed = [&](const char* x, const char* y) { return std::get<FailedRule>(rules.Judge({"", x, y})).rule; };
  EXPECT_EQ(failed("", "0"), 0U);
  EXPECT_EQ(failed("l", "1"), 1U);
  EXPECT_EQ(failed("l", "2"), 2U);
  EXPECT_EQ(rules.Name(failed("l", "2")), "c");
  EXPECT_EQ(rules.Judge({"", "k", "2"}).index(), 0U);
}

void ExpectRefused(const std::vector<RowRule>& rules, const std::string& message) {
  Columns columns;
  const Error error = ErrorOf([&] { RowRules(rules, "data.events", columns); });
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.what(), HasSubstr("data.events.rules["));
  EXPECT_THAT(error.what(), HasSubstr(message));
}

TEST(RowRulesTest, RefusesRulesThatDoNotCompile) {
  ExpectRefused({{"", "x", RuleOperator::kNotEmpty, {}}}, "name");
  ExpectRefused({{"a", "", RuleOperator::kNotEmpty, {}}}, "column");
  ExpectRefused({{"a", "x", RuleOperator::kNotEmpty, {}}, {"a", "y", RuleOperator::kNotEmpty, {}}}, "'a'");
  ExpectRefused({{"a", "x", RuleOperator::kNotEmpty, {"v"}}}, "no value");
  ExpectRefused({{"a", "x", RuleOperator::kIn, {}}}, "at least one value");
  ExpectRefused({{"a", "x", RuleOperator::kEquals, {"v", "w"}}}, "exactly one value");
  ExpectRefused({{"a", "x", RuleOperator::kLess, {"ten"}}}, "'ten' is not a number");
  ExpectRefused({{"a", "x", RuleOperator::kMatches, {"(["}}}, "not a regular expression");
}

}  // namespace
}  // namespace shortlist::data
