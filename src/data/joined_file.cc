#include "data/joined_file.h"

#include <string>

#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "data/arrow_result.h"
#include "data/parquet_output.h"

namespace shortlist::data {
namespace {

constexpr std::int64_t kRowsPerGroup = 1 << 16;

std::shared_ptr<arrow::Schema> RowSchema() {
  const auto text = [](const char* name) { return arrow::field(name, arrow::utf8()); };
  const auto whole = [](const char* name) { return arrow::field(name, arrow::int64(), false); };
  const auto truth = [](const char* name) { return arrow::field(name, arrow::boolean(), false); };
  return arrow::schema({text("request_id"), text("user"), whole("time"), text("bundle_version"), text("policy"),
                        text("answer_reason"), whole("k"), whole("history_events"), text("context"), whole("position"),
                        text("item"), arrow::field("score", arrow::float32(), false), text("reason"),
                        arrow::field("probability", arrow::float64()), truth("clicked"), truth("carted"),
                        truth("bought"), arrow::field("reward", arrow::float64(), false),
                        arrow::field("delay_seconds", arrow::int64())});
}

// The columns of some rows, filled field by field in their order.
class RowGroup {
 public:
  RowGroup() {
    for (const auto& field : schema_->fields()) {
      builders_.push_back(ArrowValue(arrow::MakeBuilder(field->type()), "joined rows"));
    }
  }

  void Text(std::string_view text) { AppendOrNull<arrow::StringBuilder>(!text.empty(), text); }
  void Whole(std::int64_t number) { AppendOrNull<arrow::Int64Builder>(true, number); }
  void Whole(std::optional<std::int64_t> number) {
    AppendOrNull<arrow::Int64Builder>(number.has_value(), number.value_or(0));
  }
  void Number(std::optional<double> number) {
    AppendOrNull<arrow::DoubleBuilder>(number.has_value(), number.value_or(0));
  }
  void Single(float number) { AppendOrNull<arrow::FloatBuilder>(true, number); }
  void Truth(bool truth) { AppendOrNull<arrow::BooleanBuilder>(true, truth); }
  void EndRow() { column_ = 0; }

  std::int64_t rows() const { return builders_.front()->length(); }

  // Leaves no row.
  std::shared_ptr<arrow::Table> Finish() {
    arrow::ArrayVector arrays;
    for (const auto& builder : builders_) arrays.push_back(ArrowValue(builder->Finish(), "joined rows"));
    return arrow::Table::Make(schema_, arrays);
  }

 private:
  template <class Builder, class Value>
  void AppendOrNull(bool known, Value value) {
    auto& builder = static_cast<Builder&>(*builders_[column_++]);
    CheckArrow(known ? builder.Append(value) : builder.AppendNull(), "joined rows");
  }

  std::shared_ptr<arrow::Schema> schema_ = RowSchema();
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_;
  std::size_t column_ = 0;
};

}  // namespace

struct JoinedFile::State {
  explicit State(const std::filesystem::path& path) : file(path, *RowSchema()) {}

  void WriteGroup() {
    if (group.rows() > 0) file.Append(*group.Finish(), kRowsPerGroup);
  }

  ParquetOutput file;
  RowGroup group;
};

JoinedFile::JoinedFile(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}

JoinedFile::~JoinedFile() = default;

void JoinedFile::Append(const DecisionRow& decision, std::size_t place, const Outcome& outcome) {
  RowGroup& row = state_->group;
  row.Text(decision.request_id);
  row.Text(decision.user);
  row.Whole(decision.time);
  row.Text(decision.bundle_version);
  row.Text(decision.policy);
  row.Text(decision.reason);
  row.Whole(decision.k);
  row.Whole(decision.history_events);
  row.Text(decision.context);
  row.Whole(static_cast<std::int64_t>(place) + 1);
  row.Text(decision.items[place]);
  row.Single(decision.scores[place]);
  row.Text(decision.item_reasons[place]);
  row.Number(decision.probabilities[place]);
  row.Truth(outcome.clicked);
  row.Truth(outcome.carted);
  row.Truth(outcome.bought);
  row.Number(outcome.reward);
  row.Whole(outcome.delay_seconds);
  row.EndRow();
  if (row.rows() == kRowsPerGroup) state_->WriteGroup();
}

void JoinedFile::Commit() {
  state_->WriteGroup();
  state_->file.Commit();
}

}  // namespace shortlist::data
