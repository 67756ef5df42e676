#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"
#include "data/row_formats.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SourceFile Csv(const std::filesystem::path& path, SourceFormat format = SourceFormat::kCsv, char delimiter = ',') {
  return {path.string(), format, delimiter, 0};
}

TEST(CsvRowsTest, ReadsRequestedColumnsInRequestedOrder) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.csv", "item,user,time\ni1,u1,1\ni2,u2,\n");
  const TestRows rows = ReadAll(Csv(path), {"time", "user"});
  EXPECT_THAT(rows.cells, ElementsAre(ElementsAre("1", "u1"), ElementsAre("", "u2")));
  EXPECT_THAT(rows.lines, ElementsAre(2, 3));
  EXPECT_THAT(rows.malformed, IsEmpty());
}

TEST(CsvRowsTest, UnquotesCsv) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.csv", "user,item\r\nu,\"a \"\"big\"\", red\nlamp\"\r\n");
  EXPECT_THAT(ReadAll(Csv(path), {"item"}).cells, ElementsAre(ElementsAre("a \"big\", red\nlamp")));
}

TEST(CsvRowsTest, QuotesAreCharactersInTsv) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.tsv", "user\titem\nu\t\"7\" FRAME\nv\tx\n");
  EXPECT_THAT(ReadAll(Csv(path, SourceFormat::kTsv, '\t'), {"item"}).cells,
              ElementsAre(ElementsAre("\"7\" FRAME"), ElementsAre("x")));
}

TEST(CsvRowsTest, RowsOfAWrongWidthAreMalformedAndKeepLineNumbersRight) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.csv", "user,item\nshort\nu,i\nlong,er,row\nalso,too,long\nv,j\nend\n");
  const TestRows rows = ReadAll(Csv(path), {"user"});
  EXPECT_THAT(rows.cells, ElementsAre(ElementsAre("u"), ElementsAre("v")));
  EXPECT_THAT(rows.lines, ElementsAre(3, 6));
  std::vector<std::int64_t> malformed;
  for (const MalformedRow& row : rows.malformed) malformed.push_back(row.line);
  EXPECT_THAT(malformed, ElementsAre(2, 4, 5, 7));
  EXPECT_THAT(rows.malformed.front().reason, HasSubstr("has 1 columns instead of 2"));
}

TEST(CsvRowsTest, BlankLinesAreSkippedAndDoNotCount) {
  const TemporaryFolder folder;
  const TestRows rows = ReadAll(Csv(folder.Write("a.csv", "user,item\r\n\r\n\nu,i\r\nshort\r\n\n\n")), {"user"});
  EXPECT_THAT(rows.lines, ElementsAre(2));
  ASSERT_EQ(rows.malformed.size(), 1U);
  EXPECT_EQ(rows.malformed[0].line, 3);
}

TEST(CsvRowsTest, AQuoteThatIsLeftOpenIsAnErrorNamingThePlace) {
  const TemporaryFolder folder;
  std::string text = "user,item\nu,i\nu,\"open\n";
  for (int i = 0; i < 300'000; ++i) text += "u,item\n";
  const Error error = ErrorOf([&] { ReadAll(Csv(folder.Write("a.csv", text)), {"user"}); });
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.what(), HasSubstr("a.csv: after line 2, where a quote may be left open"));
}

TEST(CsvRowsTest, LineNumbersHoldAcrossBlocksOfTheReader) {
  const TemporaryFolder folder;
  std::string text = "user,item\n";
  constexpr int kRows = 200'000;
  for (int row = 0; row < kRows; ++row) {
    text += row % 1000 == 7 ? "broken\n" : "u" + std::to_string(row + 2) + ",item\n";
  }
  const TestRows rows = ReadAll(Csv(folder.Write("a.csv", text)), {"user"});
  ASSERT_EQ(rows.lines.size() + rows.malformed.size(), static_cast<std::size_t>(kRows));
  for (std::size_t i = 0; i < rows.lines.size(); ++i) ASSERT_EQ(rows.cells[i][0], "u" + std::to_string(rows.lines[i]));
  for (std::size_t i = 0; i < rows.malformed.size(); ++i)
    ASSERT_EQ(rows.malformed[i].line, 1000 * static_cast<int>(i) + 9);
}

TEST(CsvRowsTest, ReadsAnotherDelimiterAndSkipsAByteOrderMark) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.csv", "\xEF\xBB\xBFuser;item\nu;i,j\n");
  EXPECT_THAT(ReadAll(Csv(path, SourceFormat::kCsv, ';'), {"user", "item"}).cells,
              ElementsAre(ElementsAre("u", "i,j")));
}

TEST(CsvRowsTest, BytesThatAreNoTextStayInTheirCell) {
  const TemporaryFolder folder;
  const auto path = folder.Write("a.csv", "user,item\n\xFF\xFE,i\n");
  EXPECT_THAT(ReadAll(Csv(path), {"user"}).cells, ElementsAre(ElementsAre("\xFF\xFE")));
}

TEST(CsvRowsTest, AHeaderAloneHasNoRows) {
  const TemporaryFolder folder;
  EXPECT_THAT(ReadAll(Csv(folder.Write("a.csv", "user,item\n")), {"user"}).cells, IsEmpty());
}

TEST(CsvRowsTest, AnEmptyOrDamagedFileIsAnErrorNamingIt) {
  const TemporaryFolder folder;
  for (const char* name : {"empty.csv", "torn.csv.gz"}) {
    const auto path = folder.Write(name, name[0] == 'e' ? "" : "\x1F\x8B\x08 no gzip");
    const Error error = ErrorOf([&] { ReadAll(Csv(path), {"user"}); });
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_THAT(error.what(), HasSubstr(name));
  }
}

}  // namespace
}  // namespace shortlist::data
