#include "data/event_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::HasSubstr;
using Kind = CarriedColumn::Kind;
using Role = CarriedColumn::Role;

EventColumns Columns() {
  EventColumns columns;
  columns.time = "at";
  columns.context = {"device", "age", "since"};
  return columns;
}

FeatureSettings Feature(const std::string& column, TransformKind transform) {
  return {.name = column + " feature", .column = column, .transform = transform};
}

TEST(EventSchemaTest, CarriesWhatTheSourceAndTheFeaturesName) {
  EventColumns columns = Columns();
  columns.event_id = "id";
  columns.event_type = "kind";
  columns.quantity = "units";
  columns.price = "price";
  columns.request_id = "answer";
  const EventSchema schema = MakeEventSchema(columns, {Feature("device", TransformKind::kVocabulary)});
  ASSERT_EQ(schema.carried.size(), 5U);
  EXPECT_EQ(schema.carried[0].role, Role::kEventType);
  EXPECT_EQ(schema.carried[1].role, Role::kQuantity);
  EXPECT_EQ(schema.carried[2].role, Role::kPrice);
  EXPECT_EQ(schema.carried[3].role, Role::kFromAnswer);
  EXPECT_EQ(schema.carried[4].name, "device");
  EXPECT_EQ(schema.FirstCarried(), 2U);
  EXPECT_EQ(schema.RecordBytes(), 32U + 8 * 7);
}

TEST(EventSchemaTest, KeepsContextInTheFormThatItsFeaturesRead) {
  const EventSchema schema =
      MakeEventSchema(Columns(), {Feature("age", TransformKind::kLog), Feature("since", TransformKind::kRecency),
                                  Feature("device", TransformKind::kHash), Feature("time", TransformKind::kHourOfDay)});
  ASSERT_EQ(schema.carried.size(), 3U);
  EXPECT_EQ(schema.carried[0].kind, Kind::kText);
  EXPECT_EQ(schema.carried[1].kind, Kind::kNumber);
  EXPECT_EQ(schema.carried[2].kind, Kind::kTime);
  FeatureSettings second = Feature("age", TransformKind::kVocabulary);
  second.name = "second";
  EXPECT_EQ(MakeEventSchema(Columns(), {Feature("age", TransformKind::kLog), second}).carried[0].kind, Kind::kText);
}

TEST(EventSchemaTest, LeavesOutContextThatNoFeatureReads) {
  EXPECT_TRUE(MakeEventSchema(Columns(), {}).carried.empty());
}

TEST(EventSchemaTest, RefusesFeaturesThatAnEventCannotHave) {
  const auto refusal = [](const EventColumns& columns, const FeatureSettings& feature) {
    return std::string(ErrorOf([&] { MakeEventSchema(columns, {feature}); }).what());
  };
  EXPECT_THAT(refusal(Columns(), Feature("country", TransformKind::kHash)), HasSubstr("data.events.columns.context"));
  EXPECT_THAT(refusal(Columns(), Feature("device", TransformKind::kWordNgrams)), HasSubstr("word_ngrams"));
  EXPECT_THAT(refusal(EventColumns(), Feature("time", TransformKind::kHourOfDay)),
              HasSubstr("data.events.columns.time"));
}

}  // namespace
}  // namespace shortlist::data
