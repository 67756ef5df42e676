#include "data/vocabulary_table.h"

#include <algorithm>
#include <numeric>
#include <span>

#include <arrow/array/array_binary.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>

#include "base/file.h"
#include "data/arrow_result.h"
#include "data/arrow_table.h"

namespace shortlist::data {
namespace {

std::shared_ptr<arrow::Array> TextArray(const std::vector<std::string>& texts, const std::string& where) {
  arrow::LargeStringBuilder builder;
  CheckArrow(builder.AppendValues(texts), where);
  return ArrowValue(builder.Finish(), where);
}

std::shared_ptr<arrow::Array> SortingOrder(const std::vector<std::string>& ids, const std::string& where) {
  std::vector<std::int32_t> order(ids.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return ids[static_cast<std::size_t>(a)] < ids[static_cast<std::size_t>(b)];
  });
  arrow::Int32Builder builder;
  CheckArrow(builder.AppendValues(order), where);
  return ArrowValue(builder.Finish(), where);
}

const arrow::LargeStringArray& TextsOf(const std::shared_ptr<arrow::Array>& array, const std::filesystem::path& path) {
  if (array->type_id() != arrow::Type::LARGE_STRING || !array->ValidateFull().ok()) {
    throw Error(Code::kDataLoss, "'" + path.string() + "' has a damaged column of texts; prepare the dataset again");
  }
  return static_cast<const arrow::LargeStringArray&>(*array);
}

}  // namespace

void WriteVocabulary(const std::filesystem::path& path, const std::vector<std::string>& ids,
                     const std::vector<TextColumn>& columns) {
  const std::string where = path.string();
  std::vector<ArrowColumn> arrays = {{"id", TextArray(ids, where)}, {"sorting_order", SortingOrder(ids, where)}};
  for (const TextColumn& column : columns) arrays.push_back({column.name, TextArray(column.texts, where)});
  WriteArrowTable(path, static_cast<std::int64_t>(ids.size()), arrays);
}

std::string VocabularyDigest(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) {
    text += id;
    text.push_back('\0');
  }
  return base::Sha256(text);
}

struct VocabularyTable::State {
  std::shared_ptr<arrow::RecordBatch> table;
  std::shared_ptr<arrow::Array> ids;
  std::shared_ptr<arrow::Array> order_array;
  std::span<const std::int32_t> order;
  std::vector<std::shared_ptr<arrow::Array>> columns;

  static std::string_view At(const arrow::Array& array, std::int64_t index) {
    return static_cast<const arrow::LargeStringArray&>(array).GetView(index);
  }
};

VocabularyTable::VocabularyTable(const std::filesystem::path& path, const std::vector<std::string>& columns)
    : state_(std::make_unique<State>()) {
  state_->table = MapArrowTable(path);
  state_->ids = ArrowColumnOf(*state_->table, "id", path);
  TextsOf(state_->ids, path);
  state_->order_array = ArrowColumnOf(*state_->table, "sorting_order", path);
  state_->order = Int32Values(*state_->order_array, path);
  const bool inside = std::ranges::all_of(state_->order, [&](std::int32_t id) { return id >= 0 && id < size(); });
  if (!inside)
    throw Error(Code::kDataLoss, "'" + path.string() + "' has an order beyond its ids; prepare the dataset again");
  for (const std::string& column : columns) {
    state_->columns.push_back(ArrowColumnOf(*state_->table, column, path));
    TextsOf(state_->columns.back(), path);
  }
}

VocabularyTable::~VocabularyTable() = default;
VocabularyTable::VocabularyTable(VocabularyTable&&) noexcept = default;
VocabularyTable& VocabularyTable::operator=(VocabularyTable&&) noexcept = default;

std::int64_t VocabularyTable::size() const {
  return state_->table->num_rows();
}

std::string_view VocabularyTable::Id(std::int64_t index) const {
  return State::At(*state_->ids, index);
}

std::string_view VocabularyTable::Text(std::size_t column, std::int64_t index) const {
  return State::At(*state_->columns[column], index);
}

std::optional<std::int64_t> VocabularyTable::Find(std::string_view id) const {
  const auto found = std::ranges::lower_bound(state_->order, id, {}, [&](std::int32_t index) { return Id(index); });
  if (found == state_->order.end() || Id(*found) != id) return std::nullopt;
  return *found;
}

}  // namespace shortlist::data
