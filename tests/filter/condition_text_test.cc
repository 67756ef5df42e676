#include "filter/condition_text.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::filter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Kind>
Kind Only(const char* text) {
  return std::get<Kind>(ParseCondition(text).kind);
}

std::string ProblemOf(const std::string& text) {
  try {
    ParseCondition(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "no problem";
}

std::string Repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(ParseConditionTest, ReadsTextsAndNumbers) {
  EXPECT_THAT(Only<TextIn>(R"(brand in ("a", 'b''s', "say ""c"""))").values, ElementsAre("a", "b's", "say \"c\""));
  EXPECT_THAT(Only<NumberIn>("size in (1, -2.5, 3e2)").values, ElementsAre(1, -2.5, 300));
  EXPECT_EQ(Only<TextIn>("`strange name` = 'x'").attribute, "strange name");
  EXPECT_EQ(Only<Exists>("tags.first EXISTS").attribute, "tags.first");
}

TEST(ParseConditionTest, ReadsRanges) {
  const auto below = Only<NumberRange>("price < 20");
  EXPECT_EQ(below.most, 20);
  EXPECT_EQ(below.most_bound, Bound::kExcluded);
  const auto from = Only<NumberRange>("price>=5");
  EXPECT_EQ(from.least, 5);
  EXPECT_EQ(from.least_bound, Bound::kIncluded);
  EXPECT_EQ(Only<NumberRange>("price <= 1").most_bound, Bound::kIncluded);
  EXPECT_EQ(Only<NumberRange>("price > 1").least_bound, Bound::kExcluded);
}

TEST(ParseConditionTest, BindsNotBeforeAndBeforeOr) {
  const auto either = Only<Group>("a = 1 or not b = 2 AND c = 3");
  ASSERT_EQ(either.joint, Joint::kAnyOf);
  ASSERT_EQ(either.conditions.size(), 2U);
  const auto& both = std::get<Group>(either.conditions[1].kind);
  ASSERT_EQ(both.joint, Joint::kAllOf);
  EXPECT_EQ(std::get<Group>(both.conditions[0].kind).joint, Joint::kNoneOf);
  EXPECT_EQ(std::get<NumberIn>(both.conditions[1].kind).attribute, "c");
}

TEST(ParseConditionTest, ParenthesesGroup) {
  const auto both = Only<Group>("(a = 1 or b = 2) and c not in (3)");
  ASSERT_EQ(both.joint, Joint::kAllOf);
  EXPECT_EQ(std::get<Group>(both.conditions[0].kind).joint, Joint::kAnyOf);
  EXPECT_EQ(std::get<Group>(both.conditions[1].kind).joint, Joint::kNoneOf);
}

TEST(ParseConditionTest, SaysWhereItStopsMakingSense) {
  EXPECT_EQ(ProblemOf(""), "where, at character 1: expected the name of an attribute, not the end of the text");
  EXPECT_EQ(ProblemOf("price < cheap"), "where, at character 9: expected a number, not 'cheap'");
  EXPECT_EQ(ProblemOf("brand = \"a"), "where, at character 9: the quote \" is not closed");
  EXPECT_EQ(ProblemOf("price < 1-2"), "where, at character 9: '1-2' is not a number");
  EXPECT_EQ(ProblemOf("brand in ('a', 2)"), "where, at character 16: numbers and texts stand in one list");
  EXPECT_THAT(ProblemOf("brand = a"), HasSubstr("expected a number or a text in quotes, not 'a'"));
  EXPECT_THAT(ProblemOf("(price < 1"), HasSubstr("at character 11: expected ')'"));
  EXPECT_THAT(ProblemOf("price < 1 price"), HasSubstr("expected 'and', 'or' or the end, not 'price'"));
  EXPECT_THAT(ProblemOf("price # 1"), HasSubstr("at character 7: '#' has no meaning"));
  EXPECT_THAT(ProblemOf("price"), HasSubstr("expected a comparison"));
}

TEST(ParseConditionTest, LimitsDepthConditionsAndValues) {
  EXPECT_EQ(ProblemOf(Repeated("(", kMostDepth - 1) + "a = 1" + Repeated(")", kMostDepth - 1)), "no problem");
  EXPECT_THAT(ProblemOf(Repeated("(", 1 << 20)), HasSubstr("nested more than 16 deep"));
  EXPECT_THAT(ProblemOf(Repeated("not ", 1 << 20)), HasSubstr("nested more than 16 deep"));
  EXPECT_THAT(ProblemOf(Repeated("a = 1 or ", 256) + "a = 1"), HasSubstr("more than 256 conditions"));
  EXPECT_THAT(ProblemOf("a in (" + Repeated("1,", 10000) + "1)"), HasSubstr("more than 10000 values"));
}

}  // namespace
}  // namespace shortlist::filter
