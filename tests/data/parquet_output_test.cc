#include "data/parquet_output.h"

#include <filesystem>
#include <string>
#include <vector>

#include <arrow/array/array_primitive.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/fixtures.h"
#include "data/parquet_batches.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

std::shared_ptr<arrow::Table> Numbers(const std::vector<std::int64_t>& numbers) {
  arrow::Int64Builder builder;
  EXPECT_TRUE(builder.AppendValues(numbers).ok());
  return arrow::Table::Make(arrow::schema({arrow::field("number", arrow::int64(), false)}),
                            arrow::ArrayVector{builder.Finish().ValueOrDie()});
}

std::vector<std::int64_t> NumbersIn(const std::filesystem::path& path) {
  std::vector<std::int64_t> numbers;
  ReadParquetBatches(path, {}, [&](const arrow::RecordBatch& batch) {
    const auto& column = dynamic_cast<const arrow::Int64Array&>(*batch.column(0));
    for (std::int64_t row = 0; row < column.length(); ++row) numbers.push_back(column.Value(row));
  });
  return numbers;
}

class ParquetOutputTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "1.parquet";
};

TEST_F(ParquetOutputTest, HasAllTablesInTheirOrder) {
  ParquetOutput file(path_, *Numbers({})->schema());
  file.Append(*Numbers({3, 1, 2}), 2);
  file.Append(*Numbers({5}), 2);
  EXPECT_FALSE(std::filesystem::exists(path_));
  file.Commit();
  EXPECT_THAT(NumbersIn(path_), ElementsAre(3, 1, 2, 5));
}

TEST_F(ParquetOutputTest, LeavesNothingWithoutCommit) {
  {
    ParquetOutput file(path_, *Numbers({})->schema());
    file.Append(*Numbers({3}), 1);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(ParquetOutputTest, NamesTheFileThatCannotBeWritten) {
  try {
    const ParquetOutput file(folder_.path() / "missing" / "1.parquet", *Numbers({})->schema());
    ADD_FAILURE() << "opened";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("missing/1.parquet"));
  }
}

}  // namespace
}  // namespace shortlist::data
