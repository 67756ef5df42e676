#include "index/string_column.h"

#include <algorithm>

#include "shortlist/error.h"

namespace shortlist::index {

StringColumn::StringColumn(const base::SafetensorsReader& file, const std::string& name, std::int64_t count)
    : bytes_(file.Uint8(name + ".bytes")), offsets_(file.Int64(name + ".offsets")) {
  const bool sound = !offsets_.empty() && size() == count && offsets_.front() == 0 &&
                     offsets_.back() == static_cast<std::int64_t>(bytes_.size()) &&
                     std::is_sorted(offsets_.begin(), offsets_.end());
  if (!sound) throw Error(Code::kDataLoss, "column '" + name + "' is not " + std::to_string(count) + " whole texts");
}

std::string_view StringColumn::operator[](std::int64_t row) const {
  const auto begin = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(row)]);
  const auto end = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(row) + 1]);
  return {reinterpret_cast<const char*>(bytes_.data()) + begin, end - begin};
}

IdColumn::IdColumn(const base::SafetensorsReader& file, const std::string& name, std::int64_t count)
    : ids_(file, name, count) {
  rows_.reserve(static_cast<std::size_t>(count));
  for (std::int32_t row = 0; row < count; ++row) {
    if (rows_.emplace(ids_[row], row).second) continue;
    throw Error(Code::kDataLoss, "column '" + name + "' has '" + std::string(ids_[row]) + "' more than once");
  }
}

std::int32_t IdColumn::Find(std::string_view id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? -1 : found->second;
}

}  // namespace shortlist::index
