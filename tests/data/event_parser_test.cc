#include "data/event_parser.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/event_schema.h"
#include "data/fixtures.h"
#include "features/stable_hash.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EventParserTest : public ::testing::Test {
 protected:
  EventParserTest() {
    source_.columns = {"user", "item", "time", "", "weight", "", "", "id", "", {"device", "age"}};
    source_.rules = {{"bought", "type", RuleOperator::kEquals, {"buy"}}};
    source_.clean_item_ids = true;
    schema_ =
        MakeEventSchema(source_.columns, {{.name = "", .column = "device", .transform = TransformKind::kVocabulary},
                                          {.name = "", .column = "age", .transform = TransformKind::kLog}});
  }

  // Columns: user, item, time, weight, id, type, device, age.
  RuleVerdict Parse(std::vector<std::string> cells, const Consent* consent = nullptr) {
    EventParser parser(source_, consent, schema_);
    EXPECT_THAT(parser.columns(), ElementsAre("user", "item", "time", "weight", "id", "type", "device", "age"));
    cells_ = std::move(cells);
    RowCells row(cells_.begin(), cells_.end());
    RuleVerdict verdict = parser.Parse(row, event_);
    user_ = event_.user;
    item_ = event_.item;
    return verdict;
  }
  std::string Reason(std::vector<std::string> cells) {
    const RuleVerdict verdict = Parse(std::move(cells));
    const auto* unreadable = std::get_if<UnreadableCell>(&verdict);
    return unreadable != nullptr ? unreadable->reason : "readable";
  }

  EventSource source_;
  EventSchema schema_;
  std::vector<std::string> cells_;
  ParsedEvent event_;
  std::string user_;
  std::string item_;
};

TEST_F(EventParserTest, ReadsARow) {
  EXPECT_EQ(Parse({"u", " ab1 ", "1970-01-02", "2.5", "e1", "buy", "phone", "40"}).index(), 0U);
  EXPECT_EQ(user_, "u");
  EXPECT_EQ(item_, "AB1");
  EXPECT_EQ(event_.time, 86400);
  EXPECT_EQ(event_.weight, 2.5F);
  EXPECT_THAT(event_.slots,
              ElementsAre(features::StableHash("e1", 0), features::StableHash("e1", 1), 1, NumberToSlot(40)));
  EXPECT_EQ(schema_.carried[0].texts.Text(1), "phone");
}

TEST_F(EventParserTest, MissingContextIsNoReasonToRefuse) {
  EXPECT_EQ(Parse({"u", "i", "0", "1", "e", "buy", "", " "}).index(), 0U);
  EXPECT_EQ(event_.slots[2], 0U);
  EXPECT_TRUE(std::isnan(SlotToNumber(event_.slots[3])));
}

TEST_F(EventParserTest, CarriesOfAnAnswerWhetherThereWasOne) {
  source_.columns = {};
  source_.columns.request_id = "answer";
  source_.rules.clear();
  EventSchema schema = MakeEventSchema(source_.columns, {});
  EventParser parser(source_, nullptr, schema);
  const auto carried = [&](std::string_view answer) {
    RowCells cells = {"u", "i", answer};
    EXPECT_EQ(parser.Parse(cells, event_).index(), 0U);
    return event_.slots;
  };
  EXPECT_THAT(carried("r-1"), ElementsAre(1));
  EXPECT_THAT(carried("r-2"), ElementsAre(1));
  EXPECT_THAT(carried(""), ElementsAre(0));
  EXPECT_THAT(carried(" "), ElementsAre(0));
}

TEST_F(EventParserTest, RefusesUnreadableCellsByName) {
  EXPECT_EQ(Reason({" ", "i", "0", "1", "e", "buy", "", ""}), "user is empty");
  EXPECT_EQ(Reason({"u", "", "0", "1", "e", "buy", "", ""}), "item is empty");
  EXPECT_EQ(Reason({"\xFF", "i", "0", "1", "e", "buy", "", ""}), "user is not UTF-8");
  EXPECT_THAT(Reason({std::string(2000, 'u'), "i", "0", "1", "e", "buy", "", ""}), HasSubstr("longer than 1024"));
  EXPECT_EQ(Reason({"u", "i", "yesterday", "1", "e", "buy", "", ""}), "time 'yesterday' is not a time");
  EXPECT_EQ(Reason({"u", "i", "", "1", "e", "buy", "", ""}), "time '' is not a time");
  for (const char* weight : {"-1", "nan", "inf", "1e40", ""}) {
    EXPECT_THAT(Reason({"u", "i", "0", weight, "e", "buy", "", ""}), HasSubstr("is not a weight")) << weight;
  }
  EXPECT_EQ(Reason({"u", "i", "0", "1", "", "buy", "", ""}), "id is empty");
  EXPECT_EQ(Reason({"u", "i", "0", "1", "e", "buy", "", "old"}), "age 'old' is not a number");
  EXPECT_EQ(Reason({"u", "i", "0", "1", "e", "buy", "\xFF", ""}), "device is not UTF-8");
}

TEST_F(EventParserTest, RulesComeBeforeEverythingElse) {
  const RuleVerdict verdict = Parse({"", "", "never", "", "", "view", "", ""});
  EXPECT_EQ(std::get<FailedRule>(verdict).rule, 0U);
}

TEST_F(EventParserTest, RulesSeeTheCleanedItem) {
  source_.rules = {{"bought", "type", RuleOperator::kEquals, {"buy"}}, {"code", "item", RuleOperator::kEquals, {"A"}}};
  EXPECT_EQ(Parse({"u", " a", "0", "1", "e", "buy", "", ""}).index(), 0U);
}

TEST_F(EventParserTest, ConsentComesBeforeOtherCellsAreRead) {
  const Consent nobody;
  EventParser parser(source_, &nobody, schema_);
  EXPECT_THAT(parser.filters(), ElementsAre("bought", "no_training_consent"));
  EXPECT_EQ(std::get<FailedRule>(Parse({"u", "i", "never", "1", "e", "buy", "", ""}, &nobody)).rule, 1U);
}

}  // namespace
}  // namespace shortlist::data
