#include "data/event_file.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <arrow/array/array_binary.h>
#include <arrow/array/array_primitive.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "data/arrow_result.h"
#include "data/parquet_batches.h"
#include "data/parquet_output.h"
#include "shortlist/error.h"

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

// The columns of an event file, in their order; `columns` is told name and member of each.
template <class AnyColumns>
void ForEachColumn(AnyColumns& columns) {
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
}

constexpr const char* kRequestColumn = "request_id";

std::shared_ptr<arrow::Table> TableOf(std::span<const EventRow> rows) {
  Columns columns(rows);
  ForEachColumn(columns);
  columns.Texts(kRequestColumn, &EventRow::request_id);
  return columns.Finish();
}

// The rows of a batch.
class Rows {
 public:
  Rows(const arrow::RecordBatch& batch, std::string path)
      : batch_(batch), path_(std::move(path)), rows_(static_cast<std::size_t>(batch.num_rows())) {}

  void Texts(const std::string& name, std::string_view EventRow::*member) {
    Fill<arrow::StringArray>(
        name, [&](const auto& values, std::int64_t row) { return values.GetView(row); }, member);
  }
  void Times(const std::string& name, std::int64_t EventRow::*member) {
    Fill<arrow::Int64Array>(
        name, [&](const auto& values, std::int64_t row) { return values.Value(row); }, member);
  }
  void Amounts(const std::string& name, double EventRow::*member) {
    Fill<arrow::DoubleArray>(
        name, [&](const auto& values, std::int64_t row) { return values.Value(row); }, member);
  }

  const std::vector<EventRow>& rows() const { return rows_; }

 private:
  template <class Array, class Read, class Member>
  void Fill(const std::string& name, Read read, Member member) {
    const auto column = batch_.GetColumnByName(name);
    const auto* values = dynamic_cast<const Array*>(column.get());
    if (values == nullptr) throw Error(Code::kInvalidArgument, path_ + ": is no file of events: column " + name);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const auto place = static_cast<std::int64_t>(row);
      if (values->IsValid(place)) rows_[row].*member = read(*values, place);
    }
  }

  const arrow::RecordBatch& batch_;
  std::string path_;
  std::vector<EventRow> rows_;
};

}  // namespace

void WriteEventFile(const std::filesystem::path& path, std::span<const EventRow> rows) {
  const std::shared_ptr<arrow::Table> table = TableOf(rows);
  ParquetOutput file(path, *table->schema());
  file.Append(*table, kRowsPerGroup);
  file.Commit();
}

void ReadEventFile(const std::filesystem::path& path, const std::function<void(const EventRow&)>& visit) {
  ReadParquetBatches(path, {}, [&](const arrow::RecordBatch& batch) {
    Rows rows(batch, path.string());
    ForEachColumn(rows);
    if (batch.schema()->GetFieldIndex(kRequestColumn) >= 0) rows.Texts(kRequestColumn, &EventRow::request_id);
    for (const EventRow& row : rows.rows()) visit(row);
  });
}

std::set<std::string> ReadEventUsers(const std::filesystem::path& path) {
  constexpr int kUserColumn = 1;
  std::set<std::string> users;
  ReadParquetBatches(path, {kUserColumn}, [&](const arrow::RecordBatch& batch) {
    Rows rows(batch, path.string());
    rows.Texts("user", &EventRow::user);
    for (const EventRow& row : rows.rows()) users.emplace(row.user);
  });
  return users;
}

std::map<std::string, std::int64_t> ReadOldestEvents(const std::filesystem::path& path) {
  constexpr int kTimeColumn = 3;
  constexpr int kTypeColumn = 4;
  std::map<std::string, std::int64_t> oldest;
  ReadParquetBatches(path, {kTimeColumn, kTypeColumn}, [&](const arrow::RecordBatch& batch) {
    Rows rows(batch, path.string());
    rows.Times("time", &EventRow::time);
    rows.Texts("event_type", &EventRow::event_type);
    for (const EventRow& row : rows.rows()) {
      const auto [known, is_first] = oldest.emplace(row.event_type, row.time);
      if (!is_first) known->second = std::min(known->second, row.time);
    }
  });
  return oldest;
}

}  // namespace shortlist::data
