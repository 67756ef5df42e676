#include "data/decision_file.h"

#include <memory>
#include <utility>

#include <arrow/array/array_binary.h>
#include <arrow/array/array_nested.h>
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

constexpr std::int64_t kRowsPerGroup = 1 << 13;

void Append(std::string_view text, arrow::StringBuilder& builder) {
  CheckArrow(text.empty() ? builder.AppendNull() : builder.Append(text), "decisions");
}
void Append(std::int64_t number, arrow::Int64Builder& builder) {
  CheckArrow(builder.Append(number), "decisions");
}
void Append(float number, arrow::FloatBuilder& builder) {
  CheckArrow(builder.Append(number), "decisions");
}
void Append(std::optional<double> number, arrow::DoubleBuilder& builder) {
  CheckArrow(number ? builder.Append(*number) : builder.AppendNull(), "decisions");
}

void Read(const arrow::StringArray& values, std::int64_t place, std::string_view& text) {
  if (values.IsValid(place)) text = values.GetView(place);
}
void Read(const arrow::Int64Array& values, std::int64_t place, std::int64_t& number) {
  if (values.IsValid(place)) number = values.Value(place);
}
void Read(const arrow::FloatArray& values, std::int64_t place, float& number) {
  if (values.IsValid(place)) number = values.Value(place);
}
void Read(const arrow::DoubleArray& values, std::int64_t place, std::optional<double>& number) {
  if (values.IsValid(place)) number = values.Value(place);
}

// What a value of a row is in Arrow.
template <class Value>
struct ArrowKind;
template <>
struct ArrowKind<std::string_view> {
  using Builder = arrow::StringBuilder;
  using Array = arrow::StringArray;
};
template <>
struct ArrowKind<std::int64_t> {
  using Builder = arrow::Int64Builder;
  using Array = arrow::Int64Array;
};
template <>
struct ArrowKind<float> {
  using Builder = arrow::FloatBuilder;
  using Array = arrow::FloatArray;
};
template <>
struct ArrowKind<std::optional<double>> {
  using Builder = arrow::DoubleBuilder;
  using Array = arrow::DoubleArray;
};

// A table that grows by columns.
class Columns {
 public:
  explicit Columns(std::span<const DecisionRow> rows) : rows_(rows) {}

  template <class Value>
  void One(const std::string& name, Value DecisionRow::*member) {
    typename ArrowKind<Value>::Builder builder;
    for (const DecisionRow& row : rows_) Append(row.*member, builder);
    Add(name, builder);
  }

  template <class Value>
  void Many(const std::string& name, std::vector<Value> DecisionRow::*member) {
    const auto values = std::make_shared<typename ArrowKind<Value>::Builder>();
    arrow::ListBuilder builder(arrow::default_memory_pool(), values);
    for (const DecisionRow& row : rows_) {
      CheckArrow(builder.Append(), name);
      for (const Value& value : row.*member) Append(value, *values);
    }
    Add(name, builder);
  }

  std::shared_ptr<arrow::Table> Finish() const { return arrow::Table::Make(arrow::schema(fields_), arrays_); }

 private:
  void Add(const std::string& name, arrow::ArrayBuilder& builder) {
    arrays_.push_back(ArrowValue(builder.Finish(), name));
    fields_.push_back(arrow::field(name, arrays_.back()->type()));
  }

  std::span<const DecisionRow> rows_;
  arrow::FieldVector fields_;
  arrow::ArrayVector arrays_;
};

// The rows of a batch.
class Rows {
 public:
  Rows(const arrow::RecordBatch& batch, std::string path)
      : batch_(batch), path_(std::move(path)), rows_(static_cast<std::size_t>(batch.num_rows())) {}

  template <class Value>
  void One(const std::string& name, Value DecisionRow::*member) {
    const auto column = batch_.GetColumnByName(name);
    const auto& values = Required<typename ArrowKind<Value>::Array>(column.get(), name);
    for (std::size_t row = 0; row < rows_.size(); ++row)
      Read(values, static_cast<std::int64_t>(row), rows_[row].*member);
  }

  template <class Value>
  void Many(const std::string& name, std::vector<Value> DecisionRow::*member) {
    const auto column = batch_.GetColumnByName(name);
    const auto& lists = Required<arrow::ListArray>(column.get(), name);
    const auto& values = Required<typename ArrowKind<Value>::Array>(lists.values().get(), name);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const auto place = static_cast<std::int64_t>(row);
      std::vector<Value>& members = rows_[row].*member;
      members.resize(static_cast<std::size_t>(lists.value_length(place)));
      for (std::size_t i = 0; i < members.size(); ++i) {
        Read(values, lists.value_offset(place) + static_cast<std::int64_t>(i), members[i]);
      }
    }
  }

  const std::vector<DecisionRow>& rows() const { return rows_; }

 private:
  template <class Array>
  const Array& Required(const arrow::Array* column, const std::string& name) const {
    if (const auto* values = dynamic_cast<const Array*>(column)) return *values;
    throw Error(Code::kInvalidArgument, path_ + ": is no file of decisions: column " + name);
  }

  const arrow::RecordBatch& batch_;
  std::string path_;
  std::vector<DecisionRow> rows_;
};

// The columns of a file, in their order; `columns` is told name and member of each.
template <class AnyColumns>
void ForEachColumn(AnyColumns& columns) {
  columns.One("request_id", &DecisionRow::request_id);
  columns.One("user", &DecisionRow::user);
  columns.One("time", &DecisionRow::time);
  columns.One("bundle_version", &DecisionRow::bundle_version);
  columns.One("policy", &DecisionRow::policy);
  columns.One("reason", &DecisionRow::reason);
  columns.One("k", &DecisionRow::k);
  columns.One("history_events", &DecisionRow::history_events);
  columns.One("context", &DecisionRow::context);
  columns.Many("items", &DecisionRow::items);
  columns.Many("scores", &DecisionRow::scores);
  columns.Many("item_reasons", &DecisionRow::item_reasons);
  columns.Many("probabilities", &DecisionRow::probabilities);
}

void RequireWholeLists(const DecisionRow& row, const std::filesystem::path& path) {
  const std::size_t items = row.items.size();
  if (row.scores.size() == items && row.item_reasons.size() == items && row.probabilities.size() == items) return;
  throw Error(Code::kInvalidArgument, path.string() + ": is no file of decisions: its lists differ in length");
}

}  // namespace

void WriteDecisionFile(const std::filesystem::path& path, std::span<const DecisionRow> rows) {
  Columns columns(rows);
  ForEachColumn(columns);
  const std::shared_ptr<arrow::Table> table = columns.Finish();
  ParquetOutput file(path, *table->schema());
  file.Append(*table, kRowsPerGroup);
  file.Commit();
}

void ReadDecisionFile(const std::filesystem::path& path, const std::function<void(const DecisionRow&)>& visit) {
  ReadParquetBatches(path, {}, [&](const arrow::RecordBatch& batch) {
    Rows rows(batch, path.string());
    ForEachColumn(rows);
    for (const DecisionRow& row : rows.rows()) {
      RequireWholeLists(row, path);
      visit(row);
    }
  });
}

std::set<std::string> ReadDecisionUsers(const std::filesystem::path& path) {
  constexpr int kUserColumn = 1;
  std::set<std::string> users;
  ReadParquetBatches(path, {kUserColumn}, [&](const arrow::RecordBatch& batch) {
    Rows rows(batch, path.string());
    rows.One("user", &DecisionRow::user);
    for (const DecisionRow& row : rows.rows()) users.emplace(row.user);
  });
  return users;
}

}  // namespace shortlist::data
