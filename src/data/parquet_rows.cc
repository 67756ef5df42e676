#include <set>
#include <utility>

#include <arrow/array/array_binary.h>
#include <arrow/array/array_nested.h>
#include <arrow/array/builder_binary.h>
#include <arrow/compute/cast.h>
#include <arrow/io/interfaces.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>

#include "data/arrow_result.h"
#include "data/input_stream.h"
#include "data/row_formats.h"

namespace shortlist::data {
namespace {

std::shared_ptr<arrow::Array> ToText(const std::shared_ptr<arrow::Array>& column, const std::string& where) {
  if (column->type_id() == arrow::Type::STRING) return column;
  return ArrowValue(arrow::compute::Cast(*column, arrow::utf8()), where);
}

std::shared_ptr<arrow::Array> JoinLists(const arrow::ListArray& lists, const std::string& where) {
  const auto values = ToText(lists.values(), where);
  const auto& texts = static_cast<const arrow::StringArray&>(*values);
  arrow::StringBuilder builder;
  for (std::int64_t row = 0; row < lists.length(); ++row) {
    std::string joined;
    for (std::int64_t i = lists.value_offset(row); i < lists.value_offset(row + 1); ++i) {
      if (!joined.empty()) joined += '|';
      if (texts.IsValid(i)) joined += texts.GetView(i);
    }
    CheckArrow(builder.Append(joined), where);
  }
  return ArrowValue(builder.Finish(), where);
}

std::shared_ptr<arrow::Array> Texts(const std::shared_ptr<arrow::Array>& column, const std::string& where) {
  if (column->type_id() != arrow::Type::LIST) return ToText(column, where);
  return JoinLists(static_cast<const arrow::ListArray&>(*column), where);
}

class ParquetRows : public RowReader {
 public:
  ParquetRows(const SourceFile& file, const std::vector<std::string>& columns)
      : path_(file.path), columns_(columns), input_(OpenInput(file)) {
    parquet::arrow::FileReaderBuilder builder;
    CheckArrow(builder.Open(input_.file), path_);
    reader_ = ArrowValue(builder.Build(), path_);
    std::shared_ptr<arrow::Schema> schema;
    CheckArrow(reader_->GetSchema(&schema), path_);
    FindColumns(file, schema->field_names(), columns);
    batches_ = ArrowValue(reader_->GetRecordBatchReader(RowGroups(), Leaves()), path_);
  }

  bool Next(RowBatch& batch) override {
    batch.Clear(columns_.size());
    std::shared_ptr<arrow::RecordBatch> rows;
    CheckArrow(batches_->ReadNext(&rows), path_);
    if (rows == nullptr) return false;
    storage_.clear();
    for (std::size_t c = 0; c < columns_.size(); ++c) ReadCells(*rows, c, batch.cells[c]);
    for (std::int64_t row = 0; row < rows->num_rows(); ++row) batch.lines.push_back(++line_);
    return true;
  }

  std::int64_t BytesRead() const override { return input_.BytesRead(); }

 private:
  std::vector<int> RowGroups() const {
    std::vector<int> groups;
    for (int group = 0; group < reader_->num_row_groups(); ++group) groups.push_back(group);
    return groups;
  }

  // Indices of the leaf columns below the requested fields; a list's leaf is named by a path.
  std::vector<int> Leaves() const {
    const std::set<std::string> wanted(columns_.begin(), columns_.end());
    const auto* schema = reader_->parquet_reader()->metadata()->schema();
    std::vector<int> leaves;
    for (int leaf = 0; leaf < schema->num_columns(); ++leaf) {
      if (wanted.contains(schema->GetColumnRoot(leaf)->name())) leaves.push_back(leaf);
    }
    return leaves;
  }

  void ReadCells(const arrow::RecordBatch& rows, std::size_t column, std::vector<std::string_view>& cells) {
    const std::string where = path_ + ": column '" + columns_[column] + "'";
    storage_.push_back(Texts(rows.GetColumnByName(columns_[column]), where));
    const auto& texts = static_cast<const arrow::StringArray&>(*storage_.back());
    cells.reserve(static_cast<std::size_t>(texts.length()));
    for (std::int64_t row = 0; row < texts.length(); ++row) {
      cells.push_back(texts.IsValid(row) ? texts.GetView(row) : std::string_view());
    }
  }

  std::string path_;
  std::vector<std::string> columns_;
  Input input_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::vector<std::shared_ptr<arrow::Array>> storage_;
  std::int64_t line_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> OpenParquet(const SourceFile& file, const std::vector<std::string>& columns) {
  return std::make_unique<ParquetRows>(file, columns);
}

}  // namespace shortlist::data
