#include "data/parquet_batches.h"

#include <numeric>

#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>

#include "data/arrow_result.h"

namespace shortlist::data {

void ReadParquetBatches(const std::filesystem::path& path, std::vector<int> columns,
                        const std::function<void(const arrow::RecordBatch&)>& visit) {
  const auto file = ArrowValue(arrow::io::ReadableFile::Open(path.string()), path.string());
  const auto reader = ArrowValue(parquet::arrow::OpenFile(file, arrow::default_memory_pool()), path.string());
  std::vector<int> groups(static_cast<std::size_t>(reader->num_row_groups()));
  std::iota(groups.begin(), groups.end(), 0);
  if (columns.empty()) {
    columns.resize(static_cast<std::size_t>(reader->parquet_reader()->metadata()->num_columns()));
    std::iota(columns.begin(), columns.end(), 0);
  }
  const auto batches = ArrowValue(reader->GetRecordBatchReader(groups, columns), path.string());
  while (const auto batch = ArrowValue(batches->Next(), path.string())) visit(*batch);
}

}  // namespace shortlist::data
