#include "data/parsed_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/event_schema.h"
#include "data/fixtures.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class ParsedFileTest : public ::testing::Test {
 protected:
  ParsedFileTest() : schema_(MakeEventSchema(Columns(), {})) {
    ParsedFileWriter writer(path(), schema_, 2);
    writer.Refuse(MalformedRow{2, "has 9 columns instead of 4"});
    writer.Add({"ada", "lamp", -5, 0.5F, {schema_.carried[0].texts.Intern("buy"), NumberToSlot(2)}});
    writer.Refuse(4, {"ada", "cup", "soon", "\xff"});
    writer.Add({"bob", "lamp", 7, 1, {schema_.carried[0].texts.Intern("view"), NumberToSlot(3)}});
    writer.Drop({1});
    writer.Drop({1});
    writer.Refuse(7, {"", "cup", "3", "view"});
    writer.Commit();
  }

  static EventColumns Columns() {
    EventColumns columns;
    columns.event_type = "kind";
    columns.quantity = "units";
    return columns;
  }
  std::filesystem::path path() const { return folder_.path() / "a.parsed"; }
  std::optional<ParsedFile> Open() const { return ParsedFile::Open(path(), schema_); }
  void Rewrite(const std::string& bytes) const { folder_.Write("a.parsed", bytes); }

  TemporaryFolder folder_;
  EventSchema schema_;
};

TEST_F(ParsedFileTest, HasWhatWasWrittenInItsOrder) {
  const std::optional<ParsedFile> file = Open();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->rows(), 7);
  EXPECT_THAT(file->dropped(), ElementsAre(0, 2));
  EXPECT_THAT(file->users(), ElementsAre("ada", "bob"));
  EXPECT_THAT(file->items(), ElementsAre("lamp"));
  ASSERT_THAT(file->texts(), SizeIs(2));
  EXPECT_THAT(file->texts()[0], ElementsAre("", "buy", "view"));
  EXPECT_THAT(file->texts()[1], ElementsAre());

  std::vector<std::string> order;
  const auto event = [&](const ParsedRow& row) {
    order.push_back("event " + std::to_string(row.user) + " " + std::to_string(row.item) + " " +
                    std::to_string(row.time) + " " + std::to_string(static_cast<int>(2 * row.weight)) + " " +
                    std::to_string(row.slots[0]) + " " + std::to_string(static_cast<int>(SlotToNumber(row.slots[1]))));
  };
  const auto refused = [&](const RefusedRow& row) {
    order.push_back("line " + std::to_string(row.line) + " " + row.reason);
    for (const std::string& cell : row.cells) order.back() += "<" + cell + ">";
  };
  file->ForEach(event, refused);
  EXPECT_THAT(order, ElementsAre("line 2 has 9 columns instead of 4", "event 0 0 -5 1 1 2",
                                 "line 4 <ada><cup><soon><\xff>", "event 1 0 7 2 2 3", "line 7 <><cup><3><view>"));
}

TEST_F(ParsedFileTest, IsNothingWhereThereIsNone) {
  EXPECT_FALSE(ParsedFile::Open(folder_.path() / "b.parsed", schema_));
}

TEST_F(ParsedFileTest, AnyDamageMakesItNothing) {
  const std::string whole = base::ReadFile(path());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    Rewrite(changed);
    ASSERT_FALSE(Open()) << "byte " << at << " of " << whole.size();
    Rewrite(whole.substr(0, at));
    ASSERT_FALSE(Open()) << "cut to " << at << " bytes";
  }
  Rewrite(whole + "x");
  EXPECT_FALSE(Open());
  Rewrite(whole);
  EXPECT_TRUE(Open());
}

// With a digest that fits, as of another program.
TEST_F(ParsedFileTest, AnotherVersionOrOtherColumnsMakeItNothing) {
  std::string body = base::ReadFile(path());
  body.resize(body.size() - 64);
  const std::string version = " " + std::to_string(kParsedFileVersion) + "\n";
  const std::size_t at = body.find(version);
  ASSERT_NE(at, std::string::npos);
  std::string other = body;
  other[at + 1] = 'x';
  Rewrite(other + base::Sha256(other));
  EXPECT_FALSE(Open());
  Rewrite(body + base::Sha256(body));
  EXPECT_TRUE(Open());
  EventColumns columns = Columns();
  columns.price = "price";
  EXPECT_FALSE(ParsedFile::Open(path(), MakeEventSchema(columns, {})));
}

TEST_F(ParsedFileTest, AppearsWhenItIsWhole) {
  const auto other = folder_.path() / "b.parsed";
  {
    ParsedFileWriter writer(other, schema_, 0);
    writer.Add({"ada", "lamp", 1, 1, {0, 0}});
  }
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_THAT(std::vector<std::filesystem::path>(std::filesystem::directory_iterator(folder_.path()), {}), SizeIs(1));
}

// If this goes red, files of programs before no longer mean the same: raise kParsedFileVersion and set this anew.
TEST_F(ParsedFileTest, TheFormatIsThatOfItsVersion) {
  EXPECT_EQ(kParsedFileVersion, 1);
  EXPECT_EQ(base::Sha256OfFile(path()), "fd9a32f2bb74acfa2fd9f534fe2e168c2eb9c1baa1a7bf147dfcf6fa84e0d242");
}

}  // namespace
}  // namespace shortlist::data
