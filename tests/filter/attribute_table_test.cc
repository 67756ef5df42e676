#include "filter/attribute_table.h"

#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filter/condition_text.h"
#include "filter/made_conditions.h"
#include "shortlist/error.h"

namespace shortlist::filter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<features::Record> Shop() {
  return {{{"price", 10.0}, {"brand", "acme"}, {"tags", std::vector<std::string>{"new", "red"}}, {"stock", "3"}},
          {{"price", 20.0}, {"brand", "zenith"}, {"stock", "0"}},
          {{"brand", "acme"}, {"tags", "red"}, {"stock", "many"}},
          {}};
}

AttributeTable TableOf(const std::vector<features::Record>& records, const FilterSettings& settings) {
  return {settings, static_cast<std::int64_t>(records.size()),
          [&](std::int64_t row) { return records[static_cast<std::size_t>(row)]; }};
}

std::vector<std::int64_t> Rows(const char* condition) {
  const AttributeTable table = TableOf(Shop(), {.attributes = {}, .numbers = {"stock"}});
  const Condition parsed = ParseCondition(condition);
  table.Check(parsed);
  std::vector<std::int64_t> rows;
  table.Matching(parsed).ForEach([&](std::int64_t row) { rows.push_back(row); });
  return rows;
}

std::string ProblemOf(const AttributeTable& table, const char* condition) {
  try {
    table.Check(ParseCondition(condition));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "no problem";
}

TEST(AttributeTableTest, FindsRowsByTextAndNumber) {
  EXPECT_THAT(Rows("brand = 'acme'"), ElementsAre(0, 2));
  EXPECT_THAT(Rows("brand in ('zenith', 'unheard of')"), ElementsAre(1));
  EXPECT_THAT(Rows("tags = 'red'"), ElementsAre(0, 2));
  EXPECT_THAT(Rows("price < 20"), ElementsAre(0));
  EXPECT_THAT(Rows("price <= 20"), ElementsAre(0, 1));
  EXPECT_THAT(Rows("price > 10"), ElementsAre(1));
  EXPECT_THAT(Rows("price = 20"), ElementsAre(1));
  EXPECT_THAT(Rows("price > 20 and price < 10"), IsEmpty());
}

TEST(AttributeTableTest, JoinsConditions) {
  EXPECT_THAT(Rows("brand = 'acme' and price < 20"), ElementsAre(0));
  EXPECT_THAT(Rows("brand = 'zenith' or tags = 'new'"), ElementsAre(0, 1));
  EXPECT_THAT(Rows("not (brand = 'acme' or price > 15)"), ElementsAre(3));
}

TEST(AttributeTableTest, MissingAttributesFailComparisons) {
  EXPECT_THAT(Rows("price exists"), ElementsAre(0, 1));
  EXPECT_THAT(Rows("not price < 15"), ElementsAre(1, 2, 3));
  EXPECT_THAT(Rows("brand != 'acme'"), ElementsAre(1, 3));
}

TEST(AttributeTableTest, ReadsTextsAsNumbersWhereAsked) {
  EXPECT_THAT(Rows("stock > 0"), ElementsAre(0));
  EXPECT_THAT(Rows("stock exists"), ElementsAre(0, 1));
}

TEST(AttributeTableTest, NamesWhatCannotBeCompared) {
  const AttributeTable table = TableOf(Shop(), {});
  EXPECT_EQ(
      ProblemOf(table, "price < 1 and colour = 'red'"),
      "where, at character 15: there is no attribute 'colour' to filter by; there are: brand, price, stock, tags");
  EXPECT_THAT(ProblemOf(table, "price = 'cheap'"), HasSubstr("'price' has numbers"));
  EXPECT_THAT(ProblemOf(table, "stock > 1"), HasSubstr("index.filters.numbers"));
  EXPECT_EQ(ProblemOf(table, "stock exists"), "no problem");
}

TEST(AttributeTableTest, KeepsDeclaredAttributesAlone) {
  const AttributeTable table = TableOf(Shop(), {.attributes = {"brand", "color"}, .numbers = {}});
  EXPECT_EQ(ProblemOf(table, "color = 'red'"), "no problem");
  EXPECT_EQ(table.Matching(ParseCondition("color exists")).Count(), 0);
  EXPECT_THAT(ProblemOf(table, "price < 1"), HasSubstr("there are: brand, color"));
}

TEST(AttributeTableTest, AnswersRandomConditionsAsTheirDefinitionDoes) {
  std::mt19937_64 random(11);
  const std::vector<features::Record> records = MadeRecords(200, random);
  const AttributeTable table = TableOf(records, MadeFilterSettings());
  for (int trial = 0; trial < 2000; ++trial) {
    const Condition condition = MadeCondition(random);
    table.Check(condition);
    const base::BitSet matching = table.Matching(condition);
    for (std::size_t row = 0; row < records.size(); ++row) {
      ASSERT_EQ(matching.Contains(static_cast<std::int64_t>(row)), Holds(condition, records[row])) << trial;
    }
  }
}

}  // namespace
}  // namespace shortlist::filter
