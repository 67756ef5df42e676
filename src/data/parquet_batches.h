// The rows of a Parquet file, batch by batch. Only for sources that use Arrow.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include <arrow/record_batch.h>

namespace shortlist::data {

// Visits the batches of the columns with these numbers, of all columns if there are none. Throws
// Error{kInvalidArgument} naming the file if it is no Parquet file.
void ReadParquetBatches(const std::filesystem::path& path, std::vector<int> columns,
                        const std::function<void(const arrow::RecordBatch&)>& visit);

}  // namespace shortlist::data
