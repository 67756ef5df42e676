#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include <arrow/array/array_binary.h>
#include <arrow/csv/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "data/arrow_result.h"
#include "data/input_stream.h"
#include "data/row_formats.h"

namespace shortlist::data {
namespace {

// Arrow reads tens of blocks ahead of what is asked for, so this bounds the memory of reading. It also bounds a row.
constexpr std::int32_t kBlockBytes = 256 << 10;

// Rows that Arrow could not split into the right number of cells, in the order of the file. Filled by the parser, which
// may run ahead of the batches.
class InvalidRows {
 public:
  void Add(const arrow::csv::InvalidRow& row) {
    const std::lock_guard lock(mutex_);
    rows_.push_back({row.number, "has " + std::to_string(row.actual_columns) + " columns instead of " +
                                     std::to_string(row.expected_columns)});
  }

  // Takes the first row if it lies at or before `line`.
  std::optional<MalformedRow> TakeUpTo(std::int64_t line) {
    const std::lock_guard lock(mutex_);
    if (rows_.empty() || rows_.front().line > line) return std::nullopt;
    MalformedRow row = std::move(rows_.front());
    rows_.pop_front();
    return row;
  }

 private:
  std::mutex mutex_;
  std::deque<MalformedRow> rows_;
};

arrow::csv::ParseOptions ParseOptions(const SourceFile& file, const std::shared_ptr<InvalidRows>& invalid) {
  auto options = arrow::csv::ParseOptions::Defaults();
  options.delimiter = file.delimiter;
  options.quoting = file.format != SourceFormat::kTsv;
  options.newlines_in_values = options.quoting;
  options.invalid_row_handler = [invalid](const arrow::csv::InvalidRow& row) {
    invalid->Add(row);
    return arrow::csv::InvalidRowResult::Skip;
  };
  return options;
}

// Everything is read as bytes, so that a bad cell is a matter of its row alone.
arrow::csv::ConvertOptions ConvertOptions(const std::vector<std::string>& columns) {
  auto options = arrow::csv::ConvertOptions::Defaults();
  options.include_columns = columns;
  for (const std::string& column : columns) options.column_types[column] = arrow::binary();
  return options;
}

// The first line's cells, to tell which columns exist.
std::vector<std::string> HeaderOf(const SourceFile& file) {
  auto read = arrow::csv::ReadOptions::Defaults();
  read.use_threads = false;
  auto convert = arrow::csv::ConvertOptions::Defaults();
  auto parse = ParseOptions(file, std::make_shared<InvalidRows>());
  const auto reader = ArrowValue(
      arrow::csv::StreamingReader::Make(arrow::io::default_io_context(), OpenInput(file).stream, read, parse, convert),
      file.path);
  return reader->schema()->field_names();
}

class CsvRows : public RowReader {
 public:
  CsvRows(const SourceFile& file, const std::vector<std::string>& columns)
      : path_(file.path), columns_(columns.size()), input_(OpenInput(file)), invalid_(std::make_shared<InvalidRows>()) {
    auto read = arrow::csv::ReadOptions::Defaults();
    read.use_threads = false;  // invalid rows have no numbers otherwise
    read.block_size = kBlockBytes;
    // The C library takes a block's memory from the one before it, where Arrow's own pool asks the kernel for new
    // pages.
    const arrow::io::IOContext context(arrow::system_memory_pool());
    reader_ = ArrowValue(arrow::csv::StreamingReader::Make(context, input_.stream, read, ParseOptions(file, invalid_),
                                                           ConvertOptions(columns)),
                         path_);
  }

  bool Next(RowBatch& batch) override {
    batch.Clear(columns_);
    CheckArrow(reader_->ReadNext(&storage_), path_ + ": after line " + std::to_string(line_) +
                                                 ", where a quote may be left open or a row be longer than 256 KiB");
    if (storage_ == nullptr) return TakeInvalidUpTo(std::numeric_limits<std::int64_t>::max(), batch);
    for (std::size_t c = 0; c < columns_; ++c) ReadCells(*storage_->column(static_cast<int>(c)), batch.cells[c]);
    for (std::int64_t row = 0; row < storage_->num_rows(); ++row) {
      ++line_;
      TakeInvalidUpTo(line_, batch);
      batch.lines.push_back(line_);
    }
    return true;
  }

  std::int64_t BytesRead() const override { return input_.BytesRead(); }

 private:
  static void ReadCells(const arrow::Array& column, std::vector<std::string_view>& cells) {
    const auto& texts = static_cast<const arrow::BinaryArray&>(column);
    cells.reserve(static_cast<std::size_t>(texts.length()));
    for (std::int64_t row = 0; row < texts.length(); ++row) cells.push_back(texts.GetView(row));
  }

  // Moves past the invalid rows that stand before the row that would be on `line_`; true if there are any.
  bool TakeInvalidUpTo(std::int64_t line, RowBatch& batch) {
    while (auto row = invalid_->TakeUpTo(std::max(line, line_))) {
      ++line_;
      batch.malformed.push_back(*std::move(row));
    }
    return !batch.malformed.empty();
  }

  std::string path_;
  std::size_t columns_;
  Input input_;
  std::shared_ptr<InvalidRows> invalid_;
  std::shared_ptr<arrow::csv::StreamingReader> reader_;
  std::shared_ptr<arrow::RecordBatch> storage_;
  std::int64_t line_ = 1;  // the header
};

}  // namespace

std::unique_ptr<RowReader> OpenCsv(const SourceFile& file, const std::vector<std::string>& columns) {
  FindColumns(file, HeaderOf(file), columns);
  return std::make_unique<CsvRows>(file, columns);
}

}  // namespace shortlist::data
