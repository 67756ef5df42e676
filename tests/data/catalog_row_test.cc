#include "data/catalog_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CatalogSource Source() {
  CatalogSource source;
  source.title = "name";
  source.price = "price";
  source.attributes = {"tags", "brand"};
  source.clean_item_ids = true;
  source.rules = {{"listed", "price", RuleOperator::kNotEquals, {"hidden"}}};
  return source;
}

TEST(CatalogRowTest, ReadsTitlePriceAndAttributes) {
  CatalogRowParser parser(Source());
  EXPECT_THAT(parser.columns(), ElementsAre("item", "name", "price", "tags", "brand"));
  RowCells cells = {" a1", " Red lamp ", "2.50", "red| small |", ""};
  CatalogRow row;
  EXPECT_EQ(parser.ItemOf(cells), "A1");
  ASSERT_EQ(parser.Parse(cells, row).index(), 0U);
  EXPECT_EQ(row.title, "Red lamp");
  EXPECT_EQ(row.price, 2.5);
  EXPECT_THAT(row.attributes, ElementsAre(ElementsAre("red", "small"), IsEmpty()));
}

TEST(CatalogRowTest, APriceOfZeroOrLessIsMissing) {
  const CatalogRowParser parser(Source());
  CatalogRow row;
  for (const char* price : {"0", "-1", "", " "}) {
    ASSERT_EQ(parser.Parse({"a", "", price, "", ""}, row).index(), 0U) << price;
    EXPECT_EQ(row.price, std::nullopt);
  }
}

TEST(CatalogRowTest, RefusesUnreadableCellsAndSkipsByRule) {
  const CatalogRowParser parser(Source());
  CatalogRow row;
  EXPECT_EQ(std::get<UnreadableCell>(parser.Parse({"a", "", "dear", "", ""}, row)).reason,
            "price 'dear' is not a number");
  EXPECT_EQ(std::get<UnreadableCell>(parser.Parse({"a", "\xFF", "1", "", ""}, row)).reason, "the title is not UTF-8");
  EXPECT_EQ(std::get<UnreadableCell>(parser.Parse({"a", "", "1", "\xFF", ""}, row)).reason, "tags is not UTF-8");
  EXPECT_TRUE(std::holds_alternative<FailedRule>(parser.Parse({"a", "", "hidden", "", ""}, row)));
}

TEST(SplitValuesTest, DropsEmptyValues) {
  EXPECT_THAT(SplitValues("a||b c|"), ElementsAre("a", "b c"));
  EXPECT_THAT(SplitValues(""), IsEmpty());
}

}  // namespace
}  // namespace shortlist::data
