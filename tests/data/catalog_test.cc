#include "data/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::HasSubstr;

// Items of the dataset: "a" is 0, "b" is 1.
std::optional<std::size_t> Find(std::string_view id) {
  if (id == "a" || id == "b") return id == "a" ? 0 : 1;
  return std::nullopt;
}

class CatalogTest : public ::testing::Test {
 protected:
  CatalogTest() {
    source_.title = "title";
    source_.price = "price";
    source_.attributes = {"tags", "brand"};
  }
  Catalog Read(const std::string& name, const std::string& text) {
    source_.paths = {folder_.Write(name, text).string()};
    Catalog catalog(source_, 2);
    catalog.CheckColumns(folder_.path());
    catalog.Read(folder_.path(), Find, quarantine_, report_);
    return catalog;
  }

  TemporaryFolder folder_;
  Quarantine quarantine_{folder_.path() / "q.jsonl"};
  SourceReport report_{"catalog", 0, 0};
  CatalogSource source_;
};

TEST_F(CatalogTest, TheLastRowThatHasAValueWins) {
  const Catalog catalog =
      Read("c.csv", "item,title,price,tags,brand\na,Old,3,red|small,acme\na,New,,,\nz,Else,dear,,\nb,,9.5,blue,\n");
  EXPECT_EQ(catalog.Title(0), "New");
  EXPECT_EQ(catalog.AttributesJson(0), R"({"price":3.0,"tags":["red","small"],"brand":"acme"})");
  EXPECT_EQ(catalog.Title(1), "");
  EXPECT_EQ(catalog.AttributesJson(1), R"({"price":9.5,"tags":"blue"})");
  EXPECT_EQ(report_.quarantined, 0) << "rows of items outside of the dataset are not judged";
}

TEST_F(CatalogTest, RecordsNameColumnsAsFeaturesDo) {
  const features::Record record = Read("c.csv", "item,title,price,tags,brand\na,Lamp,3,red|small,acme\n").RecordOf(0);
  EXPECT_EQ(record.at("title"), features::Value("Lamp"));
  EXPECT_EQ(record.at("price"), features::Value(3.0));
  EXPECT_EQ(record.at("tags"), features::Value(std::vector<std::string>{"red", "small"}));
  EXPECT_EQ(record.at("brand"), features::Value("acme"));
}

TEST_F(CatalogTest, ItemsWithoutARowAreEmpty) {
  const Catalog catalog = Read("c.csv", "item,title,price,tags,brand\n");
  EXPECT_EQ(catalog.AttributesJson(1), "{}");
  EXPECT_TRUE(catalog.RecordOf(1).empty());
}

TEST_F(CatalogTest, QuarantinesMalformedRows) {
  Read("c.csv", "item,title,price,tags,brand\na,Lamp,dear,,\nb\n");
  EXPECT_EQ(report_.read, 2);
  EXPECT_EQ(report_.quarantined, 2);
}

TEST_F(CatalogTest, ReadsAnObjectOfLists) {
  const Catalog catalog = Read("c.json", R"({"a": [1, "x", 2.5], "z": [9], "b": "one"})");
  EXPECT_EQ(catalog.AttributesJson(0), R"({"tags":["1","x","2.5"]})");
  EXPECT_EQ(catalog.AttributesJson(1), R"({"tags":"one"})");
}

TEST_F(CatalogTest, AnObjectNeedsAnAttributeNameAndAnObject) {
  EXPECT_THAT(ErrorOf([&] { Read("c.json", "[1]"); }).what(), HasSubstr("c.json"));
  source_.attributes.clear();
  EXPECT_THAT(ErrorOf([&] { Read("c.json", "{}"); }).what(), HasSubstr("data.catalog.attributes"));
}

}  // namespace
}  // namespace shortlist::data
