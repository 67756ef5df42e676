#include "data/arrow_table.h"

#include <arrow/array/array_nested.h>
#include <arrow/array/array_primitive.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>

#include "data/arrow_written.h"

namespace shortlist::data {
namespace {

[[noreturn]] void ThrowDamaged(const std::filesystem::path& path, const std::string& what) {
  throw Error(Code::kDataLoss, "'" + path.string() + "' " + what + "; prepare the dataset again");
}

template <class T>
T ValueOrDamaged(arrow::Result<T> result, const std::filesystem::path& path) {
  if (!result.ok()) ThrowDamaged(path, "is not a readable Arrow file: " + result.status().message());
  return std::move(result).ValueUnsafe();
}

// The array as its class, if its type is what it should be.
template <class ArrayClass>
const ArrayClass& As(const arrow::Array& array, arrow::Type::type type, const std::filesystem::path& path) {
  if (array.type_id() != type || array.null_count() != 0) {
    ThrowDamaged(path, "has a column of type " + array.type()->ToString() + " where another was expected");
  }
  return static_cast<const ArrayClass&>(array);
}

template <class Value, class ArrayClass>
std::span<const Value> Values(const ArrayClass& array) {
  return {array.raw_values(), static_cast<std::size_t>(array.length())};
}

}  // namespace

void WriteArrowTable(const std::filesystem::path& path, std::int64_t rows, const std::vector<ArrowColumn>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const ArrowColumn& column : columns) {
    fields.push_back(arrow::field(column.name, column.values->type(), false));
    arrays.push_back(column.values);
  }
  const auto table = arrow::RecordBatch::Make(arrow::schema(fields), rows, arrays);
  auto file = arrow::io::FileOutputStream::Open(path.string());
  CheckWritten(file.status(), path);
  auto writer = arrow::ipc::MakeFileWriter(file->get(), table->schema());
  CheckWritten(writer.status(), path);
  CheckWritten((*writer)->WriteRecordBatch(*table), path);
  CheckWritten((*writer)->Close(), path);
  CheckWritten((*file)->Close(), path);
}

std::shared_ptr<arrow::RecordBatch> MapArrowTable(const std::filesystem::path& path) {
  auto file = ValueOrDamaged(arrow::io::MemoryMappedFile::Open(path.string(), arrow::io::FileMode::READ), path);
  const auto reader = ValueOrDamaged(arrow::ipc::RecordBatchFileReader::Open(file), path);
  if (reader->num_record_batches() != 1) ThrowDamaged(path, "has not one record batch");
  auto table = ValueOrDamaged(reader->ReadRecordBatch(0), path);
  if (const auto status = table->Validate(); !status.ok()) ThrowDamaged(path, "is invalid: " + status.message());
  return table;
}

std::shared_ptr<arrow::Array> ArrowColumnOf(const arrow::RecordBatch& table, const std::string& name,
                                            const std::filesystem::path& path) {
  auto column = table.GetColumnByName(name);
  if (column == nullptr) ThrowDamaged(path, "lacks the column '" + name + "'");
  return column;
}

std::shared_ptr<arrow::Array> ArrowFieldOf(const arrow::Array& structs, const std::string& name,
                                           const std::filesystem::path& path) {
  auto field = As<arrow::StructArray>(structs, arrow::Type::STRUCT, path).GetFieldByName(name);
  if (field == nullptr) ThrowDamaged(path, "lacks the column '" + name + "'");
  return field;
}

std::span<const std::int32_t> Int32Values(const arrow::Array& array, const std::filesystem::path& path) {
  return Values<std::int32_t>(As<arrow::Int32Array>(array, arrow::Type::INT32, path));
}

std::span<const std::int64_t> Int64Values(const arrow::Array& array, const std::filesystem::path& path) {
  return Values<std::int64_t>(As<arrow::Int64Array>(array, arrow::Type::INT64, path));
}

std::span<const float> FloatValues(const arrow::Array& array, const std::filesystem::path& path) {
  return Values<float>(As<arrow::FloatArray>(array, arrow::Type::FLOAT, path));
}

ListView ListValues(const arrow::Array& array, const std::filesystem::path& path) {
  const auto& lists = As<arrow::LargeListArray>(array, arrow::Type::LARGE_LIST, path);
  ListView view{{lists.raw_value_offsets(), static_cast<std::size_t>(lists.length()) + 1}, lists.values()};
  bool rising = view.offsets.front() == 0 && view.offsets.back() == view.values->length();
  for (std::size_t row = 0; row + 1 < view.offsets.size(); ++row) {
    rising = rising && view.offsets[row] <= view.offsets[row + 1];
  }
  if (!rising) ThrowDamaged(path, "has list offsets that do not rise from 0 to the number of values");
  return view;
}

std::span<const float> MatrixValues(const arrow::Array& array, std::int64_t width, const std::filesystem::path& path) {
  const auto& lists = As<arrow::FixedSizeListArray>(array, arrow::Type::FIXED_SIZE_LIST, path);
  if (lists.list_type()->list_size() != width) {
    ThrowDamaged(path, "has rows of " + std::to_string(lists.list_type()->list_size()) + " numbers instead of " +
                           std::to_string(width));
  }
  return FloatValues(*lists.values(), path);
}

}  // namespace shortlist::data
