#include "serve/catalog_log.h"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "serve/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Pair;

CatalogChange Upserted(const std::string& id, features::Record attributes = {}) {
  return {id, std::make_shared<const CatalogItem>(CatalogItem{id, "Title of " + id, std::move(attributes)}), 0};
}

class CatalogLogTest : public ::testing::Test {
 protected:
  void Append(std::vector<CatalogChange> changes) const {
    CatalogLog log(path_);
    log.Number(changes);
    log.Append(changes);
  }
  CatalogChanges Read() const { return CatalogLog(path_).changes(); }

  Code CodeOfOpening() const {
    try {
      const CatalogLog log(path_);
    } catch (const Error& error) {
      message_ = error.what();
      return error.code();
    }
    return Code::kUnknown;
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_.path() / "changes.log";
  mutable std::string message_;
};

TEST_F(CatalogLogTest, KeepsTheLastChangeOfEachItem) {
  Append({Upserted("a", {{"price", 1.0}}), Upserted("b"), {"c", nullptr}});
  Append({Upserted("a", {{"price", 2.5}, {"tags", std::vector<std::string>{"x", "y"}}, {"brand", "\"z\"\n"}})});
  const CatalogChanges changes = Read();
  EXPECT_THAT(changes, ElementsAre(Key("a"), Key("b"), Key("c")));
  EXPECT_EQ(changes.at("a").item->title, "Title of a");
  EXPECT_THAT(changes.at("a").item->attributes,
              ElementsAre(Pair("brand", features::Value("\"z\"\n")), Pair("price", features::Value(2.5)),
                          Pair("tags", features::Value(std::vector<std::string>{"x", "y"}))));
  EXPECT_EQ(changes.at("c").item, nullptr);
}

TEST_F(CatalogLogTest, DropsALastLineThatWasCutOffAtAnyByte) {
  Append({Upserted("a"), Upserted("b")});
  const std::string whole = base::ReadFile(path_);
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t bytes = last; bytes < whole.size(); ++bytes) {
    std::ofstream(path_, std::ios::binary) << whole.substr(0, bytes);
    EXPECT_THAT(Read(), ElementsAre(Key("a"))) << bytes;
    EXPECT_EQ(base::ReadFile(path_), whole.substr(0, last));
  }
}

TEST_F(CatalogLogTest, BeginsAnewWhereEvenTheHeadingWasCutOff) {
  std::ofstream(path_) << "shortlist cat";
  EXPECT_TRUE(Read().empty());
  Append({Upserted("a")});
  EXPECT_THAT(Read(), ElementsAre(Key("a")));
}

TEST_F(CatalogLogTest, RefusesDamageInTheMiddle) {
  Append({Upserted("a"), Upserted("b")});
  std::string text = base::ReadFile(path_);
  text[text.find("Title of a")] = 'X';
  std::ofstream(path_, std::ios::binary) << text;
  EXPECT_EQ(CodeOfOpening(), Code::kDataLoss);
  EXPECT_THAT(message_, HasSubstr("line 2: damaged"));
}

TEST_F(CatalogLogTest, RefusesOtherFilesAndLeavesThemAlone) {
  std::ofstream(path_) << "name: shop\nserve: {}\nand so on and on\n";
  EXPECT_EQ(CodeOfOpening(), Code::kFailedPrecondition);
  EXPECT_THAT(base::ReadFile(path_), HasSubstr("name: shop"));
}

TEST_F(CatalogLogTest, IsOfOneProcess) {
  const CatalogLog open(path_);
  EXPECT_EQ(CodeOfOpening(), Code::kFailedPrecondition);
  EXPECT_THAT(message_, HasSubstr("another process"));
}

TEST_F(CatalogLogTest, ReplacesItselfAndGoesOn) {
  CatalogLog log(path_);
  std::vector<CatalogChange> changes = {Upserted("a"), Upserted("b")};
  log.Number(changes);
  log.Append(changes);
  log.Replace({{"b", changes.back()}});
  std::vector<CatalogChange> more = {{"d", nullptr}};
  log.Number(more);
  log.Append(more);
  EXPECT_EQ(CodeOfOpening(), Code::kFailedPrecondition);
  const ScratchFolder other;
  std::filesystem::copy(path_, other.path() / "copy");
  EXPECT_THAT(CatalogLog(other.path() / "copy").changes(), ElementsAre(Key("b"), Key("d")));
}

TEST_F(CatalogLogTest, KeepsItsNameAndItsNumbers) {
  Append({Upserted("a"), Upserted("b"), {"c", nullptr}});
  Append({Upserted("a")});
  const CatalogLogContents before = ReadCatalogLog(path_);
  EXPECT_EQ(before.last_number, 4);
  EXPECT_EQ(before.changes.at("a").number, 4);
  EXPECT_EQ(before.changes.at("b").number, 2);
  {
    CatalogLog log(path_);
    log.Replace(log.changes());
  }
  Append({{"b", nullptr}});
  const CatalogLogContents after = ReadCatalogLog(path_);
  EXPECT_EQ(after.name, before.name);
  EXPECT_EQ(after.last_number, 5);
  EXPECT_EQ(after.changes.at("a").number, 4);
  const CatalogLog other(folder_.path() / "other.log");
  EXPECT_NE(other.name(), before.name);
}

TEST_F(CatalogLogTest, IsReadWhileItIsWritten) {
  std::vector<CatalogChange> changes = {Upserted("a")};
  CatalogLog log(path_);
  log.Number(changes);
  log.Append(changes);
  EXPECT_THAT(ReadCatalogLog(path_).changes, ElementsAre(Key("a")));
  std::ofstream(path_, std::ios::binary | std::ios::app) << "0123456789abcdef {\"numb";
  EXPECT_THAT(ReadCatalogLog(path_).changes, ElementsAre(Key("a")));
  EXPECT_THROW(ReadCatalogLog(folder_.path() / "missing"), Error);
}

TEST_F(CatalogLogTest, NumbersALogOfTheFirstFormatWhenItIsOpened) {
  std::ofstream(path_) << "shortlist catalog changes 1\n";
  for (const std::string text : {R"({"id":"a","title":"A","attributes":{"price":8.5}})", R"({"id":"b"})"}) {
    std::ofstream(path_, std::ios::app) << base::Sha256(text).substr(0, 16) << " " << text << "\n";
  }
  EXPECT_THROW(ReadCatalogLog(path_), Error);
  EXPECT_THAT(Read(), ElementsAre(Key("a"), Key("b")));
  const CatalogLogContents contents = ReadCatalogLog(path_);
  EXPECT_EQ(contents.changes.at("b").number, 2);
  EXPECT_EQ(contents.changes.at("a").item->attributes.at("price"), features::Value(8.5));
}

TEST_F(CatalogLogTest, SaysWhereItCannotBeWritten) {
  path_ = folder_.path() / "missing" / "changes.log";
  EXPECT_EQ(CodeOfOpening(), Code::kUnavailable);
  EXPECT_THAT(message_, HasSubstr(path_.string()));
}

}  // namespace
}  // namespace shortlist::serve
