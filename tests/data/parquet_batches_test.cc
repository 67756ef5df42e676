#include "data/parquet_batches.h"

#include <string>
#include <vector>

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/event_file.h"
#include "data/fixtures.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;

TEST(ParquetBatchesTest, HasTheColumnsThatWereAskedFor) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "1.parquet";
  WriteEventFile(path, std::vector{EventRow{.event_id = "e-1", .user = "ann"}});
  std::vector<std::string> names;
  const auto add_names = [&](const arrow::RecordBatch& batch) {
    for (const std::string& name : batch.schema()->field_names()) names.push_back(name);
  };
  ReadParquetBatches(path, {1, 3}, add_names);
  EXPECT_THAT(names, ElementsAre("user", "time"));
  names.clear();
  ReadParquetBatches(path, {}, add_names);
  EXPECT_EQ(names.size(), 13);
}

TEST(ParquetBatchesTest, AnotherFileIsRefused) {
  const TemporaryFolder folder;
  base::WriteFileAtomically(folder.path() / "1.parquet", "no Parquet");
  EXPECT_THROW(ReadParquetBatches(folder.path() / "1.parquet", {}, [](const auto&) {}), Error);
}

}  // namespace
}  // namespace shortlist::data
