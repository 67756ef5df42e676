#include "filter/text_column.h"

#include <utility>

namespace shortlist::filter {
namespace {

// A list of rows and the bits of all rows take the same memory at this share of them.
constexpr std::int64_t kRowsPerListed = 32;

}  // namespace

void TextColumn::Add(std::int32_t row, std::string_view text) {
  present_.Insert(row);
  auto found = rows_of_.find(text);
  if (found == rows_of_.end()) found = rows_of_.emplace(std::string(text), Rows()).first;
  std::vector<std::int32_t>& rows = found->second.few;
  if (rows.empty() || rows.back() != row) rows.push_back(row);
}

void TextColumn::Finish() {
  for (auto& [text, rows] : rows_of_) {
    if (static_cast<std::int64_t>(rows.few.size()) * kRowsPerListed < present_.size()) {
      rows.few.shrink_to_fit();
      continue;
    }
    rows.many = base::BitSet(present_.size());
    for (const std::int32_t row : std::exchange(rows.few, {})) rows.many.Insert(row);
  }
}

void TextColumn::AddRows(std::string_view text, base::BitSet& rows) const {
  const auto found = rows_of_.find(text);
  if (found == rows_of_.end()) return;
  for (const std::int32_t row : found->second.few) rows.Insert(row);
  if (found->second.many.size() > 0) rows.Unite(found->second.many);
}

}  // namespace shortlist::filter
