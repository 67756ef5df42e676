// Arrow IPC files with one record batch, written whole and read by mapping them into memory. Only for sources that use
// Arrow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <arrow/array/array_base.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace shortlist::data {

struct ArrowColumn {
  std::string name;
  std::shared_ptr<arrow::Array> values;
};

// Uncompressed, so that a reader can map it. Throws Error{kUnavailable} when the disk is full.
void WriteArrowTable(const std::filesystem::path& path, std::int64_t rows, const std::vector<ArrowColumn>& columns);

// Maps the file. Throws Error{kDataLoss} naming the file if it is not one whole record batch.
std::shared_ptr<arrow::RecordBatch> MapArrowTable(const std::filesystem::path& path);

// Views of columns in a mapped table; all throw Error{kDataLoss} naming `path` and column if it is missing or of
// another type, or has missing values.
std::shared_ptr<arrow::Array> ArrowColumnOf(const arrow::RecordBatch& table, const std::string& name,
                                            const std::filesystem::path& path);
std::shared_ptr<arrow::Array> ArrowFieldOf(const arrow::Array& structs, const std::string& name,
                                           const std::filesystem::path& path);
std::span<const std::int32_t> Int32Values(const arrow::Array& array, const std::filesystem::path& path);
std::span<const std::int64_t> Int64Values(const arrow::Array& array, const std::filesystem::path& path);
std::span<const float> FloatValues(const arrow::Array& array, const std::filesystem::path& path);

// A list column: offsets of the rows into the values.
struct ListView {
  std::span<const std::int64_t> offsets;  // [rows + 1], from 0, never falling, up to the number of values
  std::shared_ptr<arrow::Array> values;
};
ListView ListValues(const arrow::Array& array, const std::filesystem::path& path);
// Lists of one length each, as row-major numbers.
std::span<const float> MatrixValues(const arrow::Array& array, std::int64_t width, const std::filesystem::path& path);

}  // namespace shortlist::data
