// users.safetensors of a bundle: the known shoppers and their histories, by user index.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/safetensors.h"
#include "index/string_column.h"

namespace shortlist::index {

struct UserRecords {
  const std::vector<std::string>& ids;               // distinct
  const std::vector<std::int64_t>& history_offsets;  // [users + 1]
  const std::vector<std::int32_t>& history_items;    // item indices in time order
  const std::vector<std::int64_t>& history_times;    // as long
};

// Throws Error{kInvalidArgument} if the columns do not fit each other or an item is not in [0, items).
void WriteUsers(const UserRecords& users, std::int64_t items, const std::filesystem::path& path);

// Immutable; thread-safe. Views live as long as the table.
class UserTable {
 public:
  // Throws Error{kDataLoss} naming the file if it does not describe `count` users of `items` items.
  static UserTable Open(const std::filesystem::path& path, std::int64_t count, std::int64_t items);

  std::string_view Id(std::int32_t user) const { return ids_[user]; }
  // -1 if unknown.
  std::int32_t Find(std::string_view id) const { return ids_.Find(id); }
  std::span<const std::int32_t> HistoryItems(std::int32_t user) const { return HistoryOf(user, items_); }
  std::span<const std::int64_t> HistoryTimes(std::int32_t user) const { return HistoryOf(user, times_); }

 private:
  UserTable(base::SafetensorsReader file, std::int64_t count, std::int64_t items);

  template <class Value>
  std::span<const Value> HistoryOf(std::int32_t user, std::span<const Value> events) const {
    const auto begin = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(user)]);
    const auto end = static_cast<std::size_t>(offsets_[static_cast<std::size_t>(user) + 1]);
    return events.subspan(begin, end - begin);
  }

  base::SafetensorsReader file_;
  IdColumn ids_;
  std::span<const std::int64_t> offsets_;
  std::span<const std::int32_t> items_;
  std::span<const std::int64_t> times_;
};

}  // namespace shortlist::index
