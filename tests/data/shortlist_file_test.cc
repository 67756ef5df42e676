#include "data/shortlist_file.h"

#include <memory>
#include <string>

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>

#include "base/scratch_directory.h"
#include "data/arrow_result.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

std::shared_ptr<arrow::Table> Read(const std::filesystem::path& path) {
  const auto source = ArrowValue(arrow::io::ReadableFile::Open(path.string()), path.string());
  parquet::arrow::FileReaderBuilder builder;
  CheckArrow(builder.Open(source), path.string());
  std::unique_ptr<parquet::arrow::FileReader> reader;
  CheckArrow(builder.Build(&reader), path.string());
  return ArrowValue(reader->ReadTable(), path.string());
}

TEST(ShortlistFileTest, HoldsARowPerShopper) {
  const ScratchDirectory scratch;
  ShortlistFile file(scratch / "all.parquet");
  file.Append(std::vector<ShortlistRow>{{"ann", {"a", "b"}, {2.5F, 1}}, {"bob", {}, {}}});
  file.Append(std::vector<ShortlistRow>{{"cid", {"b"}, {-1}}});
  file.Commit();
  const auto table = Read(scratch / "all.parquet");
  ASSERT_EQ(table->num_rows(), 3);
  EXPECT_EQ(table->schema()->field_names(), (std::vector<std::string>{"user_id", "item_ids", "scores"}));
  EXPECT_EQ(table->GetColumnByName("user_id")->GetScalar(2).ValueOrDie()->ToString(), "cid");
  EXPECT_EQ(table->GetColumnByName("item_ids")->GetScalar(0).ValueOrDie()->ToString(),
            "list<element: string not null>[a, b]");
  EXPECT_EQ(table->GetColumnByName("scores")->GetScalar(2).ValueOrDie()->ToString(),
            "list<element: float not null>[-1]");
}

TEST(ShortlistFileTest, IsNotThereBeforeItIsWhole) {
  const ScratchDirectory scratch;
  {
    ShortlistFile file(scratch / "all.parquet");
    file.Append(std::vector<ShortlistRow>{{"ann", {"a"}, {1}}});
    EXPECT_FALSE(std::filesystem::exists(scratch / "all.parquet"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(ShortlistFileTest, SaysWhereItCannotBeMade) {
  const ScratchDirectory scratch;
  EXPECT_THROW(ShortlistFile(scratch / "missing" / "all.parquet"), Error);
}

}  // namespace
}  // namespace shortlist::data
