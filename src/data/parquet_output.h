// A Parquet file that is written table by table. Only for sources that use Arrow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include <arrow/table.h>
#include <arrow/type.h>

namespace shortlist::data {

// Compressed by Zstandard. Nothing appears under the file's name before Commit; destruction without it leaves nothing.
// All throw Error{kUnavailable} naming the file if the disk fails.
class ParquetOutput {
 public:
  ParquetOutput(const std::filesystem::path& path, const arrow::Schema& schema);
  ~ParquetOutput();
  ParquetOutput(const ParquetOutput&) = delete;
  ParquetOutput& operator=(const ParquetOutput&) = delete;

  // Appends the rows in groups of so many at the most, which is what a reader holds at once. The table has the schema
  // of the file.
  void Append(const arrow::Table& rows, std::int64_t rows_per_group);
  void Commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::data
