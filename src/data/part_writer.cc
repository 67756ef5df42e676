#include "data/part_writer.h"

#include <memory>
#include <utility>

#include <arrow/array/array_nested.h>
#include <arrow/array/array_primitive.h>
#include <arrow/buffer.h>

#include "base/file.h"
#include "data/arrow_result.h"
#include "data/arrow_table.h"

namespace shortlist::data {
namespace {

// A file's bytes, mapped, as an Arrow buffer.
class MappedBuffer : public arrow::Buffer {
 public:
  explicit MappedBuffer(base::MappedFile file)
      : arrow::Buffer(reinterpret_cast<const std::uint8_t*>(file.bytes().data()),
                      static_cast<std::int64_t>(file.bytes().size())),
        file_(std::move(file)) {}

 private:
  base::MappedFile file_;
};

std::shared_ptr<arrow::Buffer> Map(const ColumnFile& column) {
  return std::make_shared<MappedBuffer>(base::MappedFile(column.path()));
}

template <class ArrayClass>
std::shared_ptr<arrow::Array> MapAs(const ColumnFile& column, std::int64_t length) {
  return std::make_shared<ArrayClass>(length, Map(column));
}

std::shared_ptr<arrow::Array> MapMatrix(const ColumnFile& column, std::int64_t rows, std::int64_t width) {
  const auto type = arrow::fixed_size_list(arrow::field("item", arrow::float32(), false), static_cast<int>(width));
  return std::make_shared<arrow::FixedSizeListArray>(type, rows, MapAs<arrow::FloatArray>(column, rows * width));
}

std::shared_ptr<arrow::Array> StructOf(const std::vector<ArrowColumn>& columns, std::int64_t length) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const ArrowColumn& column : columns) {
    fields.push_back(arrow::field(column.name, column.values->type(), false));
    arrays.push_back(column.values);
  }
  return std::make_shared<arrow::StructArray>(arrow::struct_(fields), length, arrays);
}

std::shared_ptr<arrow::Array> ListOf(const std::shared_ptr<arrow::Array>& values, const ColumnFile& offsets,
                                     std::int64_t rows) {
  const auto type = arrow::large_list(arrow::field("event", values->type(), false));
  return std::make_shared<arrow::LargeListArray>(type, rows, Map(offsets), values);
}

}  // namespace

ColumnFile::ColumnFile(std::filesystem::path path)
    : path_(std::move(path)), stream_(path_, std::ios::binary | std::ios::trunc) {
  if (!stream_) throw Error(Code::kUnavailable, "cannot create '" + path_.string() + "'");
}

void ColumnFile::Flush() {
  stream_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

void ColumnFile::Close() {
  Flush();
  stream_.close();
  if (!stream_) throw Error(Code::kUnavailable, "cannot write '" + path_.string() + "'; is the disk full?");
}

PartWriter::PartWriter(std::filesystem::path file, const std::filesystem::path& scratch, PartColumns columns)
    : file_(std::move(file)),
      columns_(std::move(columns)),
      offsets_(scratch / (file_.stem().string() + ".offsets")),
      items_(scratch / (file_.stem().string() + ".items")),
      times_(scratch / (file_.stem().string() + ".times")),
      weights_(scratch / (file_.stem().string() + ".weights")),
      event_types_(scratch / (file_.stem().string() + ".event_types")),
      quantities_(scratch / (file_.stem().string() + ".quantities")),
      prices_(scratch / (file_.stem().string() + ".prices")),
      from_answers_(scratch / (file_.stem().string() + ".from_answers")),
      context_dense_(scratch / (file_.stem().string() + ".context_dense")) {
  for (std::size_t f = 0; f < columns_.context.size(); ++f) {
    context_.emplace_back(scratch / (file_.stem().string() + ".context." + std::to_string(f)));
  }
}

void PartWriter::Append(std::int64_t user, const PartEvent& event, std::span<const std::int32_t> context,
                        std::span<const float> context_dense) {
  EndUsersBefore(user);
  items_.Append(event.item);
  times_.Append(event.time);
  weights_.Append(event.weight);
  if (columns_.event_type) event_types_.Append(event.event_type);
  if (columns_.quantity) quantities_.Append(event.quantity);
  if (columns_.price) prices_.Append(event.price);
  if (columns_.from_answer) from_answers_.Append(event.from_answer);
  for (std::size_t f = 0; f < context_.size(); ++f) context_[f].Append(context[f]);
  for (const float number : context_dense) context_dense_.Append(number);
  ++events_;
}

void PartWriter::EndUsersBefore(std::int64_t user) {
  for (; user_ <= user; ++user_) offsets_.Append(events_);
}

void PartWriter::Finish(std::int64_t users) {
  EndUsersBefore(users);
  for (ColumnFile* column : {&offsets_, &items_, &times_, &weights_, &event_types_, &quantities_, &prices_,
                             &from_answers_, &context_dense_}) {
    column->Close();
  }
  for (ColumnFile& column : context_) column.Close();
  std::vector<ArrowColumn> columns = {{"item", MapAs<arrow::Int32Array>(items_, events_)},
                                      {"time", MapAs<arrow::Int64Array>(times_, events_)},
                                      {"weight", MapAs<arrow::FloatArray>(weights_, events_)}};
  if (columns_.event_type) columns.push_back({"event_type", MapAs<arrow::Int32Array>(event_types_, events_)});
  if (columns_.quantity) columns.push_back({"quantity", MapAs<arrow::FloatArray>(quantities_, events_)});
  if (columns_.price) columns.push_back({"price", MapAs<arrow::FloatArray>(prices_, events_)});
  if (columns_.from_answer) columns.push_back({"from_answer", MapAs<arrow::Int32Array>(from_answers_, events_)});
  for (std::size_t f = 0; f < context_.size(); ++f) {
    columns.push_back({"context." + columns_.context[f], MapAs<arrow::Int32Array>(context_[f], events_)});
  }
  if (columns_.context_dense > 0) {
    columns.push_back({"context_dense", MapMatrix(context_dense_, events_, columns_.context_dense)});
  }
  WriteArrowTable(file_, users, {{"events", ListOf(StructOf(columns, events_), offsets_, users)}});
}

}  // namespace shortlist::data
