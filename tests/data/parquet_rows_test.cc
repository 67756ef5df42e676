#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "data/arrow_result.h"
#include "data/fixtures.h"
#include "data/row_formats.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::shared_ptr<arrow::Array> Users() {
  arrow::Int64Builder builder;
  CheckArrow(builder.AppendValues(std::vector<std::int64_t>{12346, 7}), "users");
  return ArrowValue(builder.Finish(), "users");
}

std::shared_ptr<arrow::Array> Prices() {
  arrow::DoubleBuilder builder;
  CheckArrow(builder.Append(2.5), "prices");
  CheckArrow(builder.AppendNull(), "prices");
  return ArrowValue(builder.Finish(), "prices");
}

std::shared_ptr<arrow::Array> Times(const std::vector<std::int64_t>& seconds) {
  arrow::TimestampBuilder builder(arrow::timestamp(arrow::TimeUnit::SECOND), arrow::default_memory_pool());
  CheckArrow(builder.AppendValues(seconds), "times");
  return ArrowValue(builder.Finish(), "times");
}

std::shared_ptr<arrow::Array> Tags() {
  auto texts = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), texts);
  CheckArrow(builder.Append(), "tags");
  CheckArrow(texts->AppendValues(std::vector<std::string>{"red", "small"}), "tags");
  CheckArrow(builder.Append(), "tags");
  return ArrowValue(builder.Finish(), "tags");
}

SourceFile WriteParquet(const TemporaryFolder& folder) {
  const auto schema = arrow::schema({arrow::field("user", arrow::int64()), arrow::field("price", arrow::float64()),
                                     arrow::field("time", arrow::timestamp(arrow::TimeUnit::SECOND)),
                                     arrow::field("tags", arrow::list(arrow::utf8()))});
  const auto table = arrow::Table::Make(schema, {Users(), Prices(), Times({1259653500, 0}), Tags()});
  const std::string path = (folder.path() / "a.parquet").string();
  const auto file = ArrowValue(arrow::io::FileOutputStream::Open(path), path);
  CheckArrow(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, 1), path);
  CheckArrow(file->Close(), path);
  return {path, SourceFormat::kParquet, ',', 0};
}

TEST(ParquetRowsTest, TurnsTypedCellsIntoText) {
  const TemporaryFolder folder;
  const TestRows rows = ReadAll(WriteParquet(folder), {"tags", "user", "price", "time"});
  EXPECT_THAT(rows.cells, ElementsAre(ElementsAre("red|small", "12346", "2.5", "2009-12-01 07:45:00.000"),
                                      ElementsAre("", "7", "", "1970-01-01 00:00:00.000")));
  EXPECT_THAT(rows.lines, ElementsAre(1, 2));
}

TEST(ParquetRowsTest, AMissingColumnOrADamagedFileIsAnErrorNamingTheFile) {
  const TemporaryFolder folder;
  const SourceFile file = WriteParquet(folder);
  EXPECT_THAT(ErrorOf([&] { OpenRows(file, {"item"}); }).what(), HasSubstr("there is no column 'item'"));
  folder.Write("a.parquet", "PAR1 no more");
  EXPECT_THAT(ErrorOf([&] { OpenRows(file, {"user"}); }).what(), HasSubstr("a.parquet"));
}

}  // namespace
}  // namespace shortlist::data
