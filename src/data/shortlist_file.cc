#include "data/shortlist_file.h"

#include <string>
#include <utility>

#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "data/arrow_result.h"
#include "data/parquet_output.h"

namespace shortlist::data {
namespace {

std::shared_ptr<arrow::Schema> RowSchema() {
  const auto texts = arrow::list(arrow::field("element", arrow::utf8(), false));
  const auto numbers = arrow::list(arrow::field("element", arrow::float32(), false));
  return arrow::schema({arrow::field("user_id", arrow::utf8(), false), arrow::field("item_ids", texts, false),
                        arrow::field("scores", numbers, false)});
}

// The columns of some rows.
class RowGroup {
 public:
  void Add(const ShortlistRow& row) {
    Check(users_.Append(row.user_id));
    Check(item_lists_.Append());
    for (const std::string_view id : row.item_ids) Check(items_->Append(id));
    Check(score_lists_.Append());
    Check(scores_->AppendValues(row.scores));
  }

  std::shared_ptr<arrow::Table> Finish() {
    return arrow::Table::Make(RowSchema(),
                              arrow::ArrayVector{Finished(users_), Finished(item_lists_), Finished(score_lists_)});
  }

 private:
  static void Check(const arrow::Status& status) { CheckArrow(status, "shortlists"); }
  static std::shared_ptr<arrow::Array> Finished(arrow::ArrayBuilder& builder) {
    return ArrowValue(builder.Finish(), "shortlists");
  }

  arrow::StringBuilder users_;
  std::shared_ptr<arrow::StringBuilder> items_ = std::make_shared<arrow::StringBuilder>();
  std::shared_ptr<arrow::FloatBuilder> scores_ = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder item_lists_{arrow::default_memory_pool(), items_, RowSchema()->field(1)->type()};
  arrow::ListBuilder score_lists_{arrow::default_memory_pool(), scores_, RowSchema()->field(2)->type()};
};

}  // namespace

struct ShortlistFile::State {
  explicit State(const std::filesystem::path& path) : file(path, *RowSchema()) {}

  ParquetOutput file;
};

ShortlistFile::ShortlistFile(const std::filesystem::path& path) : state_(std::make_unique<State>(path)) {}

ShortlistFile::~ShortlistFile() = default;

void ShortlistFile::Append(std::span<const ShortlistRow> rows) {
  RowGroup group;
  for (const ShortlistRow& row : rows) group.Add(row);
  state_->file.Append(*group.Finish(), static_cast<std::int64_t>(rows.size()));
}

void ShortlistFile::Commit() {
  state_->file.Commit();
}

}  // namespace shortlist::data
