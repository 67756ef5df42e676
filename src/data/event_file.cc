#include "data/event_file.h"

#include <memory>
#include <string>
#include <utility>

#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>

#include "base/file.h"
#include "data/arrow_result.h"
#include "data/arrow_written.h"

namespace shortlist::data {
namespace {

constexpr std::int64_t kRowsPerGroup = 1 << 16;

// A table that grows by columns.
class Columns {
 public:
  explicit Columns(std::span<const EventRow> rows) : rows_(rows) {}

  void Texts(const std::string& name, std::string_view EventRow::*member) {
    arrow::StringBuilder builder;
    for (const EventRow& row : rows_) {
      const std::string_view text = row.*member;
      CheckArrow(text.empty() ? builder.AppendNull() : builder.Append(text), name);
    }
    Add(arrow::field(name, arrow::utf8()), builder);
  }

  void Times(const std::string& name, std::int64_t EventRow::*member) {
    arrow::Int64Builder builder;
    for (const EventRow& row : rows_) CheckArrow(builder.Append(row.*member), name);
    Add(arrow::field(name, arrow::int64(), false), builder);
  }

  void Amounts(const std::string& name, double EventRow::*member) {
    arrow::DoubleBuilder builder;
    for (const EventRow& row : rows_) {
      const double amount = row.*member;
      CheckArrow(amount == 0 ? builder.AppendNull() : builder.Append(amount), name);
    }
    Add(arrow::field(name, arrow::float64()), builder);
  }

  std::shared_ptr<arrow::Table> Finish() const { return arrow::Table::Make(arrow::schema(fields_), arrays_); }

 private:
  void Add(std::shared_ptr<arrow::Field> field, arrow::ArrayBuilder& builder) {
    arrays_.push_back(ArrowValue(builder.Finish(), field->name()));
    fields_.push_back(std::move(field));
  }

  std::span<const EventRow> rows_;
  arrow::FieldVector fields_;
  arrow::ArrayVector arrays_;
};

std::shared_ptr<arrow::Table> TableOf(std::span<const EventRow> rows) {
  Columns columns(rows);
  columns.Texts("event_id", &EventRow::event_id);
  columns.Texts("user", &EventRow::user);
  columns.Texts("item", &EventRow::item);
  columns.Times("time", &EventRow::time);
  columns.Texts("event_type", &EventRow::event_type);
  columns.Amounts("quantity", &EventRow::quantity);
  columns.Amounts("price", &EventRow::price);
  columns.Amounts("dwell_seconds", &EventRow::dwell_seconds);
  columns.Texts("query", &EventRow::query);
  columns.Texts("device", &EventRow::device);
  columns.Texts("channel", &EventRow::channel);
  columns.Texts("locale", &EventRow::locale);
  return columns.Finish();
}

}  // namespace

void WriteEventFile(const std::filesystem::path& path, std::span<const EventRow> rows) {
  base::AtomicFile file(path);
  const auto sink = ArrowValue(arrow::io::FileOutputStream::Open(file.temporary_path().string()), path.string());
  const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
  CheckWritten(
      parquet::arrow::WriteTable(*TableOf(rows), arrow::default_memory_pool(), sink, kRowsPerGroup, properties), path);
  CheckWritten(sink->Close(), path);
  file.Commit();
}

}  // namespace shortlist::data
