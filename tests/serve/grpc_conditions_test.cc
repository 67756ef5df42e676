#include "serve/grpc_conditions.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ProblemOf(const v1::Condition& message) {
  v1::RecommendRequest request;
  *request.mutable_condition() = message;
  const RequestFilter filter = FilterFrom(request);
  return filter.problem ? filter.problem->what() : "no problem";
}

v1::Condition Nested(int depth) {
  v1::Condition condition;
  v1::Condition* inner = &condition;
  for (int level = 1; level < depth; ++level) inner = inner->mutable_none_of()->add_conditions();
  inner->set_exists("price");
  return condition;
}

TEST(ConditionFromTest, ReadsEveryKind) {
  v1::Condition message;
  auto* const parts = message.mutable_all_of();
  parts->add_conditions()->mutable_text_in()->add_values("a");
  parts->add_conditions()->mutable_number_in()->add_values(2);
  parts->add_conditions()->set_exists("brand");
  auto* const range = parts->add_conditions()->mutable_number_range();
  range->set_attribute("price");
  range->set_above(1);
  range->set_at_most(5);
  parts->add_conditions()->mutable_any_of();
  const filter::Condition condition = ConditionFrom(message);
  const auto& all = std::get<filter::Group>(condition.kind);
  EXPECT_EQ(all.joint, filter::Joint::kAllOf);
  EXPECT_THAT(std::get<filter::TextIn>(all.conditions[0].kind).values, ElementsAre("a"));
  EXPECT_THAT(std::get<filter::NumberIn>(all.conditions[1].kind).values, ElementsAre(2));
  EXPECT_EQ(std::get<filter::Exists>(all.conditions[2].kind).attribute, "brand");
  const auto& between = std::get<filter::NumberRange>(all.conditions[3].kind);
  EXPECT_EQ(between.least_bound, filter::Bound::kExcluded);
  EXPECT_EQ(between.most_bound, filter::Bound::kIncluded);
  EXPECT_EQ(between.most, 5);
  EXPECT_EQ(std::get<filter::Group>(all.conditions[4].kind).joint, filter::Joint::kAnyOf);
  EXPECT_EQ(all.conditions[3].place, "condition.all_of[3].number_range");
}

TEST(ConditionFromTest, LeavesUnsetBoundsOpen) {
  v1::Condition message;
  message.mutable_number_range()->set_attribute("price");
  const auto range = std::get<filter::NumberRange>(ConditionFrom(message).kind);
  EXPECT_EQ(range.least, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(range.most, std::numeric_limits<double>::infinity());
}

TEST(FilterFromTest, NamesTheFieldAtFault) {
  EXPECT_EQ(ProblemOf({}), "condition: the condition says nothing");
  v1::Condition hollow;
  hollow.mutable_any_of()->add_conditions()->set_exists("price");
  hollow.mutable_any_of()->add_conditions();
  EXPECT_EQ(ProblemOf(hollow), "condition.any_of[1]: the condition says nothing");
  v1::Condition nan;
  nan.mutable_number_range()->set_below(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(ProblemOf(nan), "condition.number_range: NaN cannot be compared");
}

TEST(FilterFromTest, LimitsDepthConditionsAndValues) {
  EXPECT_EQ(ProblemOf(Nested(filter::kMostDepth)), "no problem");
  EXPECT_THAT(ProblemOf(Nested(filter::kMostDepth + 1)), HasSubstr("nested more than 16 deep"));
  v1::Condition wide;
  for (int i = 0; i < 256; ++i) wide.mutable_any_of()->add_conditions()->set_exists("price");
  EXPECT_THAT(ProblemOf(wide), HasSubstr("condition.any_of[255]: there are more than 256 conditions"));
  v1::Condition long_list;
  for (int i = 0; i <= filter::kMostValues; ++i) long_list.mutable_text_in()->add_values("a");
  EXPECT_THAT(ProblemOf(long_list), HasSubstr("more than 10000 values"));
}

TEST(FilterFromTest, ReadsTextsAndIds) {
  v1::RecommendRequest request;
  request.set_where("price < 2");
  request.add_only_item_ids("item-1");
  const RequestFilter filter = FilterFrom(request);
  ASSERT_TRUE(filter.condition.has_value());
  EXPECT_EQ(std::get<filter::NumberRange>(filter.condition->kind).most, 2);
  EXPECT_THAT(filter.only_ids, ElementsAre("item-1"));
  request.set_where("price <");
  EXPECT_THAT(FilterFrom(request).problem->what(), HasSubstr("where, at character 8"));
  request.set_where("");
  EXPECT_FALSE(FilterFrom(request).condition.has_value());
}

TEST(FilterFromTest, ReadsThoseOfSimilarItems) {
  v1::SimilarItemsRequest request;
  EXPECT_FALSE(FilterFrom(request).condition.has_value());
  request.set_where("brand = 'a'");
  EXPECT_TRUE(FilterFrom(request).condition.has_value());
}

}  // namespace
}  // namespace shortlist::serve
