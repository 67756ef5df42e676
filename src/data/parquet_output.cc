#include "data/parquet_output.h"

#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include "base/file.h"
#include "data/arrow_written.h"

namespace shortlist::data {
namespace {

template <class T>
T Written(arrow::Result<T> result, const std::filesystem::path& path) {
  CheckWritten(result.status(), path);
  return std::move(result).ValueUnsafe();
}

}  // namespace

struct ParquetOutput::State {
  State(const std::filesystem::path& given, const arrow::Schema& schema) : path(given), file(given) {
    sink = Written(arrow::io::FileOutputStream::Open(file.temporary_path().string()), path);
    const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
    writer = Written(parquet::arrow::FileWriter::Open(schema, arrow::default_memory_pool(), sink, properties), path);
  }

  std::filesystem::path path;
  base::AtomicFile file;
  std::shared_ptr<arrow::io::FileOutputStream> sink;
  std::unique_ptr<parquet::arrow::FileWriter> writer;
};

ParquetOutput::ParquetOutput(const std::filesystem::path& path, const arrow::Schema& schema)
    : state_(std::make_unique<State>(path, schema)) {}

ParquetOutput::~ParquetOutput() = default;

void ParquetOutput::Append(const arrow::Table& rows, std::int64_t rows_per_group) {
  CheckWritten(state_->writer->WriteTable(rows, rows_per_group), state_->path);
}

void ParquetOutput::Commit() {
  CheckWritten(state_->writer->Close(), state_->path);
  CheckWritten(state_->sink->Close(), state_->path);
  state_->file.Commit();
}

}  // namespace shortlist::data
