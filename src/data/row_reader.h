// Rows of any source as batches of text cells: what the formats have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/source_files.h"

namespace shortlist::data {

// A row that is not even a row of cells.
struct MalformedRow {
  std::int64_t line = 0;
  std::string reason;
};

// Cells view memory that lives until the next batch is read. Missing cells are empty.
struct RowBatch {
  std::vector<std::vector<std::string_view>> cells;  // [requested column][row]
  std::vector<std::int64_t> lines;  // [row], from 1, blank lines of csv not counted; rows of Parquet count like lines
  std::vector<MalformedRow> malformed;

  std::size_t rows() const { return lines.size(); }
  void Clear(std::size_t columns) {
    cells.assign(columns, {});
    lines.clear();
    malformed.clear();
  }
};

// Streams one file: memory does not grow with it. Not thread-safe. Throws Error{kInvalidArgument} naming the file when
// it cannot be read on.
class RowReader {
 public:
  virtual ~RowReader() = default;

  // Replaces `batch`; false at the end of the file.
  virtual bool Next(RowBatch& batch) = 0;
  // Position in the file as it lies on disk.
  virtual std::int64_t BytesRead() const = 0;
};

// Opens a file and checks that it has every one of the distinct `columns`: throws Error{kInvalidArgument} naming the
// one that is missing and those that exist. JSON lines, whose rows differ, are checked at the end of the file.
// Sequences have the columns "user" and "item", and one row per item.
std::unique_ptr<RowReader> OpenRows(const SourceFile& file, const std::vector<std::string>& columns);

}  // namespace shortlist::data
